import type { Clock } from '@nexus/core'
import type { VerifiedCaller } from '@nexus/core/server'
import type { ApiOptions } from '../config.ts'
import { createAttemptLimit } from './attempt-limit.ts'

const MINUTE_MS = 60_000

/**
 * How much one program, or one person with all of theirs, may have this process change.
 *
 * @throws {NexusError} `rate_limited`, with when the next minute begins; nothing has been done then.
 */
export type WriteLimit = (caller: VerifiedCaller) => void

export function createWriteLimit(options: ApiOptions, clock: Clock): WriteLimit {
  const perUser = createAttemptLimit({ max: options.RATE_LIMIT_WRITES_PER_USER, windowMs: MINUTE_MS, clock })
  const perKey = createAttemptLimit({ max: options.RATE_LIMIT_WRITES_PER_KEY, windowMs: MINUTE_MS, clock })
  return ({ key, userId }) => {
    // Before the user's, so that a key that goes wrong does not use up what its owner has.
    if (key !== null) perKey.take(key.id)
    perUser.take(userId)
  }
}
