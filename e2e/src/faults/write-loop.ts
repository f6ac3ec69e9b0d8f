import { setTimeout as wait } from 'node:timers/promises'

/** Time between two edits of one writer, ms, unless it says otherwise. */
const EDIT_PAUSE_MS = 25

/** Calls `write` with 1, 2, 3, … until it is stopped. */
export function startLoop(write: (number: number) => Promise<void>, pauseMs = EDIT_PAUSE_MS) {
  let count = 0
  let isStopped = false
  const run = async (): Promise<void> => {
    while (!isStopped) {
      count += 1
      await write(count)
      await wait(pauseMs)
    }
  }
  const ended = run()
  // Its failure is told to who stops the loop.
  ended.catch(() => undefined)
  return {
    /** Keys written so far. */
    count: () => count,
    stop: () => {
      isStopped = true
      return ended
    },
  }
}

/** Tells waiters of numbers that have been acknowledged. */
export function createBell() {
  const waiting = new Set<{ readonly after: number; readonly resolve: () => void }>()
  return {
    ring: (number: number): void => {
      for (const waiter of waiting) {
        if (number <= waiter.after) continue
        waiting.delete(waiter)
        waiter.resolve()
      }
    },
    when: (after: number) => new Promise<void>((resolve) => waiting.add({ after, resolve })),
  }
}
