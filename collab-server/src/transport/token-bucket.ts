/** Lets `burst` through at once and `perSecond` in the long run. */
export interface TokenBucket {
  /** Takes one token, also when there is none. @returns Ms to wait until the debt is paid; 0 when there was one. */
  take(): number
}

export function createTokenBucket(options: {
  readonly perSecond: number
  readonly burst: number
  /** Ms that only grow, as `performance.now` gives them. */
  readonly now: () => number
}): TokenBucket {
  let tokens = options.burst
  let countedAt = options.now()
  return {
    take: () => {
      const now = options.now()
      tokens = Math.min(options.burst, tokens + ((now - countedAt) * options.perSecond) / 1_000)
      countedAt = now
      tokens -= 1
      return tokens >= 0 ? 0 : Math.ceil((-tokens * 1_000) / options.perSecond)
    },
  }
}
