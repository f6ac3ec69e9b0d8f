import { NexusError } from '@nexus/core'
import { hash, verify } from '@node-rs/argon2'

/** OWASP's advice for argon2id: 19 MiB, two passes. About 10 ms and one thread of the pool. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }
/** More are refused: those who came first would wait longer than anybody looks at a sign-in screen. */
const MAX_WAITING = 200
const RETRY_AFTER_S = 2

export interface Passwords {
  /** @returns Argon2id in PHC form, with its own salt. */
  hash(password: string): Promise<string>
  /** `false` also for a hash that cannot be read. */
  isRight(password: string, hashed: string): Promise<boolean>
}

/**
 * Hashing takes a whole core while it lasts; what comes at once takes turns, so that live editing keeps the other cores.
 * Both functions throw `rate_limited` when too many wait.
 */
export function createPasswords({ maxAtOnce }: { readonly maxAtOnce: number }): Passwords {
  const waiting: (() => void)[] = []
  let runningCount = 0
  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    if (runningCount < maxAtOnce) runningCount += 1
    else if (waiting.length >= MAX_WAITING) throw busy()
    // Whoever ends hands its turn over.
    else await new Promise<void>((resolve) => void waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next === undefined) runningCount -= 1
      else next()
    }
  }
  return {
    hash: (password) => inTurn(() => hash(password, COST)),
    isRight: (password, hashed) => inTurn(() => verify(hashed, password).catch(() => false)),
  }
}

const busy = (): NexusError =>
  new NexusError(
    'rate_limited',
    `Many people sign in at the moment; try again in ${RETRY_AFTER_S} seconds.`,
    {
      details: { retryAfter: RETRY_AFTER_S },
    },
  )
