import type { Unsubscribe } from '@nexus/core'

/** Timers count no further, ms; tokens end much earlier. */
const MAX_TIMER_MS = 2 ** 31 - 1

/** Calls `end` at `time`. @returns What keeps it from doing so. */
export function endAt(time: Date, end: () => void): Unsubscribe {
  const leftMs = Math.min(MAX_TIMER_MS, Math.max(0, time.getTime() - Date.now()))
  const timer = setTimeout(end, leftMs).unref()
  return () => clearTimeout(timer)
}
