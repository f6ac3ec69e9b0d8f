/** What failed, how often in a row, and why. */
export interface Failure {
  readonly attempts: number
  readonly error: unknown
}

export interface Retries<Key> {
  /** Counts a failure and calls `retry` after a pause that doubles each time. @returns The failures in a row, this included. */
  failed(key: Key, error: unknown, retry: () => void): number
  succeeded(key: Key): void
  /** The pause after a failure is not over. */
  isPaused(key: Key): boolean
  failures(): readonly Failure[]
  /** No further retry is called. */
  stop(): void
}

/** The longest pause, in ms: a volume with room again is noticed within it. */
const MAX_PAUSE_MS = 60_000

/** @param firstPauseMs - After the first failure. */
export function createRetries<Key>(firstPauseMs: number): Retries<Key> {
  const known = new Map<Key, Failure>()
  const timers = new Map<Key, NodeJS.Timeout>()

  return {
    failed: (key, error, retry) => {
      const attempts = (known.get(key)?.attempts ?? 0) + 1
      known.set(key, { attempts, error })
      clearTimeout(timers.get(key))
      const pause = Math.min(firstPauseMs * 2 ** (attempts - 1), MAX_PAUSE_MS)
      const timer = setTimeout(() => {
        timers.delete(key)
        retry()
      }, pause)
      timers.set(key, timer)
      return attempts
    },
    succeeded: (key) => {
      known.delete(key)
      clearTimeout(timers.get(key))
      timers.delete(key)
    },
    isPaused: (key) => timers.has(key),
    failures: () => [...known.values()],
    stop: () => {
      for (const timer of timers.values()) clearTimeout(timer)
      timers.clear()
    },
  }
}
