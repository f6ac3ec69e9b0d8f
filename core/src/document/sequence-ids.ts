import * as Y from 'yjs'

/** Neighbouring elements of a Y.Array or characters of a Y.Text that one client made in a row. */
export interface IdRun {
  readonly client: number
  readonly clock: number
  length: number
}

type Sequence = Y.Array<unknown> | Y.Text

/** The ids of what a list or text shows, in order. Elements never move, so this says for ever which ones they are. */
export function idsOf(sequence: Sequence): IdRun[] {
  const runs: IdRun[] = []
  for (let item = sequence._start; item !== null; item = item.right) {
    if (!isShown(sequence, item)) continue
    const { id, length } = item
    const last = runs.at(-1)
    if (last !== undefined && last.client === id.client && last.clock + last.length === id.clock)
      last.length += length
    else runs.push({ client: id.client, clock: id.clock, length })
  }
  return runs
}

/** What counts as an element: anything in a list, only characters (not embedded objects) in a text. */
const isShown = (sequence: Sequence, item: Y.Item): boolean =>
  !item.deleted && item.countable && (sequence instanceof Y.Array || item.content instanceof Y.ContentString)

/**
 * Where the elements are now that had these ids.
 *
 * @returns Per element its index, or `~gap` when it is gone: `gap` is the index at which it stood.
 */
export function locate(sequence: Sequence, runs: readonly IdRun[]): number[] {
  const places: number[] = []
  const wanted = elementIds(runs)
  let next = wanted.next()
  let index = 0
  // Both are in document order, and deleted items stay in the list: one walk meets every id.
  for (let item = sequence._start; item !== null; item = item.right) {
    const isElement = isShown(sequence, item)
    while (!next.done && next.value.client === item.id.client) {
      const offset = next.value.clock - item.id.clock
      if (offset < 0 || offset >= item.length) break
      places.push(isElement ? index + offset : ~index)
      next = wanted.next()
    }
    if (isElement) index += item.length
  }
  for (; !next.done; next = wanted.next()) places.push(~index)
  return places
}

function* elementIds(runs: readonly IdRun[]): Generator<{ client: number; clock: number }> {
  for (const { client, clock, length } of runs) {
    for (let offset = 0; offset < length; offset++) yield { client, clock: clock + offset }
  }
}
