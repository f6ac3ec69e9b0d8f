import { type Clock, NexusError } from '@nexus/core'

const MAX_REMEMBERED = 50_000

/** Counts attempts per key within a window of time, in this process. */
interface AttemptLimit {
  /** @throws {NexusError} `rate_limited` when `key` has used up its attempts; it counts nothing itself. */
  check(key: string): void
  count(key: string): void
  /** Checks, then counts. */
  take(key: string): void
}

interface AttemptLimitOptions {
  /** Per window; 0: no limit. */
  readonly max: number
  readonly windowMs: number
  readonly clock: Clock
}

export function createAttemptLimit({ max, windowMs, clock }: AttemptLimitOptions): AttemptLimit {
  const windows = new Map<string, { readonly endsAt: number; count: number }>()
  const windowOf = (key: string) => {
    const window = windows.get(key)
    return window !== undefined && window.endsAt > clock.now().getTime() ? window : null
  }
  const check = (key: string): void => {
    const window = windowOf(key)
    if (max === 0 || window === null || window.count < max) return
    const retryAfter = Math.max(1, Math.ceil((window.endsAt - clock.now().getTime()) / 1_000))
    throw new NexusError('rate_limited', `Too many attempts; try again in ${retryAfter} seconds.`, {
      details: { retryAfter },
    })
  }
  const count = (key: string): void => {
    const window = windowOf(key)
    if (window !== null) {
      window.count += 1
      return
    }
    windows.delete(key)
    windows.set(key, { endsAt: clock.now().getTime() + windowMs, count: 1 })
    const oldest = windows.keys().next()
    if (windows.size > MAX_REMEMBERED && !oldest.done) windows.delete(oldest.value)
  }
  return {
    check,
    count,
    take: (key) => {
      check(key)
      count(key)
    },
  }
}
