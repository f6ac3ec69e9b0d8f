/** Lets `burst` through at once and `perSecond` in the long run. */
interface TokenBucket {
  /** Takes tokens, also when there are none: that is a debt. */
  take(count: number): void
  /** Ms until the debt is paid; 0 when there is none. */
  debtMs(): number
}

export function createTokenBucket(options: {
  readonly perSecond: number
  readonly burst: number
  /** Ms that only grow, as `performance.now` gives them. */
  readonly now: () => number
}): TokenBucket {
  let tokens = options.burst
  let countedAt = options.now()
  const refill = (): void => {
    const now = options.now()
    tokens = Math.min(options.burst, tokens + ((now - countedAt) * options.perSecond) / 1_000)
    countedAt = now
  }
  return {
    take: (count) => {
      refill()
      tokens -= count
    },
    debtMs: () => {
      refill()
      return Math.ceil((Math.max(0, -tokens) * 1_000) / options.perSecond)
    },
  }
}
