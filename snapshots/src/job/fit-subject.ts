/** A change in words, with up to `most` phrases about it; with none it is a few words and the name. */
export type Change = (most: number) => string

/** More is cut off by the programs that show it. */
const SUBJECT_CHARS = 72
/** About one change, where not everything can be said. */
const PHRASES = 3

interface Fitting {
  /** Phrases about a change that says it all. */
  readonly longest: number
  /** What stands for the last `left` changes. */
  readonly toEnding: (left: number) => string
}

/**
 * One line about changes: all of them where that fits, else as many as do, from the first on and each with what there is
 * room for, and an ending that counts the others.
 *
 * @returns `isWhole` when nothing was left out.
 */
export function fitSubject(
  changes: readonly Change[],
  { longest, toEnding }: Fitting,
): { subject: string; isWhole: boolean } {
  const whole = changes.map((change) => change(longest)).join(SEPARATOR)
  if (fits(whole)) return { subject: whole, isWhole: true }
  const said: string[] = []
  for (const change of changes) {
    const left = changes.length - said.length - 1
    const words = longestThatFits(change, [...said, ...(left === 0 ? [] : [toEnding(left)])])
    if (words === null) return { subject: [...said, toEnding(left + 1)].join(SEPARATOR), isWhole: false }
    said.push(words)
  }
  return { subject: said.join(SEPARATOR), isWhole: false }
}

const SEPARATOR = '; '

/** Code points: what counts is the width on a screen. */
const fits = (text: string): boolean => [...text].length <= SUBJECT_CHARS

/** @param others - What else the line says. @returns `null` when there is no room for a word about it. */
function longestThatFits(change: Change, others: readonly string[]): string | null {
  for (let most = PHRASES; most >= 0; most -= 1) {
    const words = change(most)
    if (fits([words, ...others].join(SEPARATOR))) return words
  }
  return null
}
