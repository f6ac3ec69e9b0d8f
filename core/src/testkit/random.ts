/** Random numbers that are the same for the same seed. */
export interface Random {
  /** An integer with `0 ≤ n < limit`. */
  below(limit: number): number
  /** One of `items`, which is not empty. */
  pick<T>(items: readonly T[]): T
  bytes(length: number): Uint8Array
}

/** @param seed - Any integer; print it with a failure. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  // mulberry32: 32 bits of state, passes the usual tests of evenness, one line a step.
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
  const below = (limit: number): number => next() % limit
  return {
    below,
    bytes: (length) => Uint8Array.from({ length }, () => below(256)),
    pick(items) {
      const item = items[below(items.length)]
      if (item === undefined) throw new Error('There is nothing to pick from.')
      return item
    },
  }
}
