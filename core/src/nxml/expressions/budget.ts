/** An evaluation that cannot go on; the whole expression is then `undefined`. */
export class EvaluationStopped extends Error {}

/** Steps of one evaluation (NXML specification 5.5). A step is a call, or ten simpler operations. */
export const MAX_STEPS = 100_000
const OPERATIONS_PER_STEP = 10

/** Longest string an evaluation may build, in UTF-16 code units. */
export const MAX_STRING_LENGTH = 1_048_576

/** Characters that may be built for the price of one operation. */
const CHARACTERS_PER_OPERATION = 16

export interface Budget {
  /** @throws {EvaluationStopped} when nothing is left. */
  spend(operations: number): void
  /** Pays for a string before it is built, so that no string ever grows past the limit. */
  spendString(length: number): void
}

export const createBudget = (): Budget => {
  let left = MAX_STEPS * OPERATIONS_PER_STEP
  const spend = (operations: number): void => {
    left -= operations
    if (left < 0) throw new EvaluationStopped('the expression takes too many steps')
  }
  return {
    spend,
    spendString(length) {
      if (length > MAX_STRING_LENGTH) throw new EvaluationStopped('the expression builds too long a text')
      spend(Math.ceil(length / CHARACTERS_PER_OPERATION))
    },
  }
}
