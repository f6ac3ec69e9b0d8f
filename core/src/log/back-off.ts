const FIRST_DELAY_MS = 50
const LONGEST_DELAY_MS = 2_000

/**
 * Pause before the next attempt, in ms: 50 doubling to 2,000, give or take a quarter so that processes which lost the
 * database together do not come back together.
 *
 * @param failures - Attempts that have failed in a row, from 1.
 * @param random - 0 ≤ n < 1.
 */
export function backOffMs(failures: number, random: number): number {
  const delay = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (failures - 1))
  return delay * (0.75 + random / 2)
}
