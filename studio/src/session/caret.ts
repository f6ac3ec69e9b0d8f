import * as Y from 'yjs'

/** One step of a Y.Text change. */
export type TextDelta = readonly {
  readonly retain?: number | undefined
  readonly insert?: unknown
  readonly delete?: number | undefined
}[]

/** What somebody typed: at `index` so many characters went and this text came. */
interface TextEdit {
  readonly index: number
  readonly removed: number
  readonly inserted: string
}

/**
 * The smallest edit that turns `before` into `after`. Where the place is not unique ("aa" from "a") it is the one that ends
 * at `caret`, because that is where the person typed. Surrogate pairs are not split.
 */
export function editBetween(before: string, after: string, caret: number): TextEdit | null {
  if (before === after) return null
  const longest = Math.min(before.length, after.length)
  let suffix = 0
  const mostSuffix = Math.min(longest, Math.max(0, after.length - caret))
  while (suffix < mostSuffix && before[before.length - 1 - suffix] === after[after.length - 1 - suffix])
    suffix += 1
  let prefix = 0
  while (prefix < longest - suffix && before[prefix] === after[prefix]) prefix += 1
  while (suffix < longest - prefix && before[before.length - 1 - suffix] === after[after.length - 1 - suffix])
    suffix += 1
  if (isHigh(before, prefix - 1) && prefix > 0) prefix -= 1
  if (suffix > 0 && isLow(before, before.length - suffix)) suffix -= 1
  return {
    index: prefix,
    removed: before.length - suffix - prefix,
    inserted: after.slice(prefix, after.length - suffix),
  }
}

const isHigh = (text: string, index: number): boolean => /[\uD800-\uDBFF]/.test(text[index] ?? '')
const isLow = (text: string, index: number): boolean => /[\uDC00-\uDFFF]/.test(text[index] ?? '')

/** Where a caret at `index` is after somebody else's change. Text inserted exactly at the caret goes behind it. */
export function moveThrough(index: number, delta: TextDelta): number {
  let at = 0
  let moved = index
  for (const step of delta) {
    if (at > moved) break
    if (step.retain !== undefined) at += step.retain
    else if (step.delete !== undefined) moved -= Math.max(0, Math.min(step.delete, moved - at))
    else {
      const length = typeof step.insert === 'string' ? step.insert.length : 1
      if (at < moved) moved += length
      at += length
    }
  }
  return moved
}

/** Does `edit` to `text`. The caller holds the transaction. */
export function applyEdit(text: Y.Text, { index, removed, inserted }: TextEdit): void {
  if (removed > 0) text.delete(index, removed)
  if (inserted !== '') text.insert(index, inserted)
}

/** A place in the text as JSON that others can follow through any edits. */
export const toSharedPosition = (text: Y.Text, index: number): unknown =>
  Y.relativePositionToJSON(Y.createRelativePositionFromTypeIndex(text, Math.min(index, text.length), -1))

/** Where a shared place is now; `null` when it cannot be found (it comes from outside). */
export function fromSharedPosition(text: Y.Text, position: unknown): number | null {
  if (text.doc === null || typeof position !== 'object' || position === null) return null
  try {
    const absolute = Y.createAbsolutePositionFromRelativePosition(
      Y.createRelativePositionFromJSON(position),
      text.doc,
    )
    return absolute !== null && absolute.type === text ? absolute.index : null
  } catch {
    return null
  }
}
