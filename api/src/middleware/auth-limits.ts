import { type Clock, isNexusError } from '@nexus/core'
import type { Request, RequestHandler } from 'express'
import type { ApiOptions } from '../config.ts'
import { createAttemptLimit } from './attempt-limit.ts'
import { addressKeyOf } from './client-address.ts'
import { type Attempt, createGrowingDelay } from './growing-delay.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000

/** What keeps strangers from trying passwords, filling mailboxes and making accounts without end; in this process. */
export interface AuthLimits {
  /** Of every call that needs no access token. */
  readonly perAddress: RequestHandler
  readonly signUpsPerAddress: RequestHandler
  /** The same where it turns out late that an account is made. @throws {NexusError} `rate_limited` */
  countSignUp(request: Request): void
  /** @throws {NexusError} `rate_limited` */
  countMail(email: string): void
  /**
   * Runs `check`, which tells a wrong password by `invalid_credentials`. Too many wrong ones are refused before any work.
   *
   * @param account - Whose password it is.
   * @throws {NexusError} `rate_limited`, or what `check` throws.
   */
  guardPassword<T>(request: Request, account: string, check: () => Promise<T>): Promise<T>
}

export function createAuthLimits(options: ApiOptions, clock: Clock): AuthLimits {
  const limit = (max: number, windowMs: number) => createAttemptLimit({ max, windowMs, clock })
  const delay = (after: number) =>
    createGrowingDelay({ after, maxDelayMs: options.LOGIN_DELAY_MAX_S * 1_000, clock })
  const requests = limit(options.RATE_LIMIT_AUTH_PER_ADDRESS, MINUTE_MS)
  const signUps = limit(options.RATE_LIMIT_SIGNUPS_PER_ADDRESS, HOUR_MS)
  const mails = limit(options.RATE_LIMIT_MAILS_PER_ACCOUNT, HOUR_MS)
  const failures = limit(options.RATE_LIMIT_AUTH_PER_ACCOUNT, MINUTE_MS)
  const perAccount = delay(options.LOGIN_DELAY_AFTER_FAILURES)
  const perAddress = delay(options.LOGIN_DELAY_AFTER_FAILURES_PER_ADDRESS)

  return {
    perAddress: (request, _response, next) => {
      requests.take(addressKeyOf(request))
      next()
    },
    signUpsPerAddress: (request, _response, next) => {
      signUps.take(addressKeyOf(request))
      next()
    },
    countSignUp: (request) => signUps.take(addressKeyOf(request)),
    countMail: (email) => mails.take(email),
    guardPassword: async (request, account, check) => {
      failures.check(account)
      const ofAddress = perAddress.begin(addressKeyOf(request))
      const ofAccount = beginOrVoid(() => perAccount.begin(account), ofAddress)
      try {
        const done = await check()
        ofAccount.succeed()
        // A right password of one's own is no leave to go on with those of others.
        ofAddress.void()
        return done
      } catch (error) {
        const isWrong = isNexusError(error, 'invalid_credentials')
        if (isWrong) failures.count(account)
        for (const attempt of [ofAccount, ofAddress]) attempt[isWrong ? 'fail' : 'void']()
        throw error
      }
    },
  }
}

/** When the second of two may not begin, the first has not happened. */
function beginOrVoid(begin: () => Attempt, first: Attempt): Attempt {
  try {
    return begin()
  } catch (error) {
    first.void()
    throw error
  }
}
