import { describe, expect, test } from 'vitest'
import { createBackPressure } from './back-pressure.ts'
import { createTokenBucket } from './token-bucket.ts'

describe('the token bucket', () => {
  const bucketAt = (clock: { ms: number }, burst: number) => {
    const bucket = createTokenBucket({ perSecond: 10, burst, now: () => clock.ms })
    return (count: number): number => {
      for (let taken = 0; taken < count; taken += 1) bucket.take(1)
      return bucket.debtMs()
    }
  }

  test('[COL44] a burst goes through at once, what comes on top has to be paid for', () => {
    const clock = { ms: 0 }
    const take = bucketAt(clock, 3)
    expect(take(3)).toBe(0)
    expect(take(2)).toBe(200)
    clock.ms = 200
    expect(take(0)).toBe(0)
  })

  test('[COL44] a long pause earns no more than a burst', () => {
    const clock = { ms: 0 }
    const take = bucketAt(clock, 2)
    clock.ms = 3_600_000
    expect(take(3)).toBe(100)
  })
})

describe('back-pressure', () => {
  const judgeAll = (frames: readonly { bytes: number; buffered: number; isAwareness?: boolean }[]) => {
    const pressure = createBackPressure({ dropAwarenessBytes: 1_000, maxBacklogBytes: 8_000 })
    return frames.map(({ bytes, buffered, isAwareness = false }) =>
      pressure.judge({ bytes, isAwareness, bufferedBytes: buffered }),
    )
  }

  test('[COL45] presence is left out for a slow reader, edits are not', () => {
    expect(
      judgeAll([
        { bytes: 10, buffered: 1_001, isAwareness: true },
        { bytes: 10, buffered: 1_001 },
      ]),
    ).toEqual(['drop', 'send'])
  })

  test('[COL46] a reader that is too far behind is let go', () => {
    expect(judgeAll([{ bytes: 10, buffered: 8_001 }])).toEqual(['close'])
  })

  test('[COL47] one large document may be larger than the allowed backlog, a second on top may not', () => {
    const large = 5_000_000
    expect(
      judgeAll([
        { bytes: large, buffered: 0 },
        { bytes: 10, buffered: large },
        { bytes: large, buffered: 2 * large },
      ]),
    ).toEqual(['send', 'send', 'close'])
  })
})
