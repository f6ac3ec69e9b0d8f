import * as Y from 'yjs'
import type { Anchors } from './anchors.ts'
import { diffText } from './text-diff.ts'

/**
 * Changes a text the way `base` became `next`: what was replaced is deleted where it still is, what is new is inserted
 * beside its old neighbours, and what others typed stays. A text that was only added to gets the addition at its end.
 */
export function assignText(live: Y.Text, base: string, next: string, anchors: Anchors): void {
  const diff = diffText(base, next)
  if (diff === null) return
  const { start, removed, inserted } = diff
  if (live.toString().toWellFormed() === base) {
    spliceText(live, start, removed, inserted)
    return
  }
  const places = anchors.characters(live, base)
  const at = insertionOffset(start, places, live)
  const doomed = places.slice(start, start + removed).filter((place) => place >= 0)
  for (const { from, count } of runsOf(doomed).reverse()) spliceText(live, from, count, '')
  spliceText(live, at, 0, inserted)
}

function insertionOffset(start: number, places: readonly number[], live: Y.Text): number {
  if (start === places.length) return live.toString().length
  const before = places[start - 1]
  if (before === undefined) return 0
  return before >= 0 ? before + 1 : ~before
}

/** `[3, 4, 7]` → two runs: two from 3, one from 7. */
function runsOf(ascending: readonly number[]): { from: number; count: number }[] {
  const runs: { from: number; count: number }[] = []
  for (const place of ascending) {
    const last = runs.at(-1)
    if (last !== undefined && last.from + last.count === place) last.count++
    else runs.push({ from: place, count: 1 })
  }
  return runs
}

/** Replaces `removed` characters from `offset`, counted in the text's string. */
function spliceText(live: Y.Text, offset: number, removed: number, inserted: string): void {
  const from = offset === 0 ? 0 : indexOfCharacter(live, offset - 1) + 1
  if (removed > 0) {
    const first = indexOfCharacter(live, offset)
    live.delete(first, indexOfCharacter(live, offset + removed - 1) + 1 - first)
  }
  if (inserted !== '') live.insert(from, inserted)
}

/** Yjs also counts embedded objects, which other clients may have put into the text and which no string shows. */
function indexOfCharacter(live: Y.Text, offset: number): number {
  let index = 0
  let characters = 0
  for (let item = live._start; item !== null; item = item.right) {
    if (item.deleted || !item.countable) continue
    if (item.content instanceof Y.ContentString) {
      if (offset < characters + item.length) return index + offset - characters
      characters += item.length
    }
    index += item.length
  }
  return index
}
