/** An evaluation that cannot go on; the whole expression is then `undefined`. */
export class EvaluationStopped extends Error {}

/** Steps of one evaluation (NXML specification 5.5). A step is a call, or ten simpler operations. */
export const MAX_STEPS = 100_000
const OPERATIONS_PER_STEP = 10

/** Longest string an evaluation may build, in UTF-16 code units. */
export const MAX_STRING_LENGTH = 1_048_576

/** Characters that may be built, or looked through, for the price of one operation. */
const CHARACTERS_PER_OPERATION = 16
/** Pairs of characters compared for the price of one operation. The engine needs a nanosecond for several. */
const COMPARISONS_PER_OPERATION = 256

/** Characters that Unicode may have to put into another order; sorting a run of them takes the square of its length. */
const MARKS = /\p{M}+/gu

export interface Budget {
  /** @throws {EvaluationStopped} when nothing is left. */
  spend(operations: number): void
  /** Pays for a string before it is built, so that no string ever grows past the limit. */
  spendString(length: number): void
  /** Pays for going through a text once. */
  spendReading(text: string): void
  /** Pays for finding out whether two texts are the same, or which comes first. */
  spendComparison(left: unknown, right: unknown): void
  /** Pays for looking for `searched` in `text`: at worst every position is compared with all of it. */
  spendSearch(text: string, searched: string): void
  /** Pays for bringing the marks of a text (such as accents) into Unicode's order. */
  spendMarks(text: string): void
}

/** @param shared - Must be able to pay as well. */
export const createBudget = (steps: number = MAX_STEPS, shared?: Budget): Budget => {
  let left = steps * OPERATIONS_PER_STEP
  const spend = (operations: number): void => {
    shared?.spend(operations)
    left -= operations
    if (left < 0) throw new EvaluationStopped('the expression takes too many steps')
  }
  const spendReading = (text: string): void => spend(Math.floor(text.length / CHARACTERS_PER_OPERATION))
  return {
    spend,
    spendReading,
    spendComparison(left, right) {
      if (typeof left !== 'string' || typeof right !== 'string') return
      spend(Math.floor(Math.min(left.length, right.length) / COMPARISONS_PER_OPERATION))
    },
    spendSearch(text, searched) {
      if (searched.length > text.length) return
      spendReading(text)
      spend(Math.floor((text.length * searched.length) / COMPARISONS_PER_OPERATION))
    },
    spendMarks(text) {
      spendReading(text)
      for (const [run] of text.matchAll(MARKS)) spend(Math.floor(run.length ** 2 / COMPARISONS_PER_OPERATION))
    },
    spendString(length) {
      if (length > MAX_STRING_LENGTH) throw new EvaluationStopped('the expression builds too long a text')
      spend(Math.ceil(length / CHARACTERS_PER_OPERATION))
    },
  }
}
