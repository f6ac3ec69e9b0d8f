import { NexusError } from '@nexus/core'
import { type Argon2Answer, type Argon2Task, type Argon2Thread, createArgon2Thread } from './argon2-thread.ts'

/** More are refused: those who came first would wait longer than anybody looks at a sign-in screen. */
const MAX_WAITING = 200
const RETRY_AFTER_S = 2

export interface Passwords {
  /** @returns Argon2id in PHC form, with its own salt. */
  hash(password: string): Promise<string>
  /** `false` also for a hash that cannot be read. */
  isRight(password: string, hashed: string): Promise<boolean>
  close(): Promise<void>
}

/**
 * Hashing takes a whole core while it lasts, so it is done on threads of its own that give way to everything else; what
 * comes at once takes turns. `hash` and `isRight` throw `rate_limited` when too many wait.
 */
export function createPasswords({ maxAtOnce }: { readonly maxAtOnce: number }): Passwords {
  const threads = Array.from({ length: maxAtOnce }, createArgon2Thread)
  const free = [...threads]
  const waiting: ((thread: Argon2Thread) => void)[] = []

  const nextThread = async () => {
    const thread = free.pop()
    if (thread !== undefined) return thread
    if (waiting.length >= MAX_WAITING) throw busy()
    return new Promise<Argon2Thread>((resolve) => void waiting.push(resolve))
  }
  const run = async (task: Argon2Task): Promise<Argon2Answer> => {
    const thread = await nextThread()
    try {
      return await thread.run(task)
    } finally {
      const next = waiting.shift()
      if (next === undefined) free.push(thread)
      else next(thread)
    }
  }

  return {
    hash: async (password) => String(await run({ password, hashed: null })),
    isRight: async (password, hashed) => (await run({ password, hashed })) === true,
    close: async () => {
      await Promise.all(threads.map((thread) => thread.close()))
    },
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
