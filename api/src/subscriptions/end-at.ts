import type { Unsubscribe } from '@nexus/core'

/** Timers count no further, ms. */
const MAX_TIMER_MS = 2 ** 31 - 1

/** Calls `end` at `time`. @returns What keeps it from doing so. */
export function endAt(time: Date, end: () => void): Unsubscribe {
  let timer: NodeJS.Timeout
  const wait = (): void => {
    const leftMs = Math.max(0, time.getTime() - Date.now())
    timer = leftMs > MAX_TIMER_MS ? setTimeout(wait, MAX_TIMER_MS) : setTimeout(end, leftMs)
    timer.unref()
  }
  wait()
  return () => clearTimeout(timer)
}
