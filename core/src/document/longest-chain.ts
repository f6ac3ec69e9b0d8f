/** An item of the old list that may be the same as one of the new list; positions from 0. */
export interface Pair {
  readonly before: number
  readonly after: number
}

/**
 * The longest selection of `pairs` that ascends strictly on both sides (Hunt–Szymanski, n log n). With the pairs of
 * equal items this is the longest common subsequence.
 *
 * @param pairs - `after` ascending; within the same `after`, `before` descending, so that at most one of them fits.
 */
export function longestChain(pairs: readonly Pair[]): Pair[] {
  /** Per length −1: the index in `pairs` where the chain of that length with the smallest `before` ends. */
  const ends: number[] = []
  const previous = new Int32Array(pairs.length)
  pairs.forEach((pair, index) => {
    const length = chainsEndingBelow(pair.before, ends, pairs)
    previous[index] = length === 0 ? -1 : (ends[length - 1] ?? -1)
    ends[length] = index
  })
  const chain: Pair[] = []
  for (let index = ends.at(-1) ?? -1; index !== -1; index = previous[index] ?? -1) {
    const pair = pairs[index]
    if (pair !== undefined) chain.push(pair)
  }
  return chain.reverse()
}

/** How many of `ends` have a `before` below the given one; binary search. */
function chainsEndingBelow(before: number, ends: readonly number[], pairs: readonly Pair[]): number {
  let low = 0
  let high = ends.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const end = pairs[ends[middle] ?? -1]
    if (end !== undefined && end.before < before) low = middle + 1
    else high = middle
  }
  return low
}
