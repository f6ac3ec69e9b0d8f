/** What to do with a frame for a socket whose peer may be reading slowly. */
export type Verdict = 'send' | 'drop' | 'close'

interface BackPressure {
  judge(frame: {
    readonly bytes: number
    readonly isAwareness: boolean
    readonly bufferedBytes: number
  }): Verdict
}

/** A frame above this is a document being opened; the peer gets time to read it. */
const BIG_FRAME_BYTES = 1_000_000

/**
 * Above `dropAwarenessBytes` of backlog presence is left out (the next state replaces it); above `maxBacklogBytes` the
 * socket is to be closed, since nothing else is safe to leave out.
 *
 * One big frame does not count: a document larger than the limit would otherwise never get to a slow reader. A second
 * one, while the first is still waiting, does.
 */
export function createBackPressure(limits: {
  readonly dropAwarenessBytes: number
  readonly maxBacklogBytes: number
}): BackPressure {
  let bigFrameBytes = 0
  return {
    judge: ({ bytes, isAwareness, bufferedBytes }) => {
      if (bufferedBytes < limits.dropAwarenessBytes) bigFrameBytes = 0
      if (isAwareness && bufferedBytes > limits.dropAwarenessBytes) return 'drop'
      if (bufferedBytes - bigFrameBytes > limits.maxBacklogBytes) return 'close'
      if (bytes > BIG_FRAME_BYTES && bufferedBytes > limits.maxBacklogBytes) return 'close'
      if (bytes > BIG_FRAME_BYTES) bigFrameBytes = Math.max(bigFrameBytes, bytes)
      return 'send'
    },
  }
}
