export interface Pace {
  readonly perSecond: number
  readonly count: number
}

/**
 * Starts `act` at fixed times, whether or not earlier ones are done (an open workload: a slow server does not slow its
 * clients down and so hide its own delay).
 *
 * @returns One time for each, in ms from when it was *due*, or sent if that was earlier, to when it was done.
 */
export async function runAtPace(pace: Pace, act: (index: number) => Promise<void>): Promise<number[]> {
  const begin = performance.now()
  const pending: Promise<number>[] = []
  for (let index = 0; index < pace.count; index += 1) {
    const dueAt = begin + (index * 1000) / pace.perSecond
    const wait = dueAt - performance.now()
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
    // Timers fire up to a millisecond early or late: that is ours, not the server's.
    const now = performance.now()
    const startedAt = Math.min(now, Math.max(dueAt, now - 1))
    pending.push(act(index).then(() => performance.now() - startedAt))
  }
  return Promise.all(pending)
}
