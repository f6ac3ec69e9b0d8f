import { type Clock, NexusError } from '@nexus/core'

const WINDOW_MS = 60_000
const MAX_REMEMBERED = 50_000

/** Counts attempts per key within a minute, in this process. */
interface AttemptLimit {
  /** @throws {NexusError} `rate_limited` when `key` has used up its attempts; it counts nothing itself. */
  check(key: string): void
  count(key: string): void
}

/** @param perMinute - 0: no limit. */
export function createAttemptLimit({
  perMinute,
  clock,
}: {
  readonly perMinute: number
  readonly clock: Clock
}): AttemptLimit {
  const windows = new Map<string, { readonly endsAt: number; count: number }>()
  const windowOf = (key: string) => {
    const window = windows.get(key)
    return window !== undefined && window.endsAt > clock.now().getTime() ? window : null
  }
  return {
    check: (key) => {
      const window = windowOf(key)
      if (perMinute === 0 || window === null || window.count < perMinute) return
      const retryAfter = Math.max(1, Math.ceil((window.endsAt - clock.now().getTime()) / 1_000))
      throw new NexusError('rate_limited', `Too many attempts; try again in ${retryAfter} seconds.`, {
        details: { retryAfter },
      })
    },
    count: (key) => {
      const window = windowOf(key)
      if (window !== null) {
        window.count += 1
        return
      }
      windows.delete(key)
      windows.set(key, { endsAt: clock.now().getTime() + WINDOW_MS, count: 1 })
      const oldest = windows.keys().next()
      if (windows.size > MAX_REMEMBERED && !oldest.done) windows.delete(oldest.value)
    },
  }
}
