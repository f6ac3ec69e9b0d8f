import type * as Y from 'yjs'
import type { Json } from '../model/json.ts'
import { keptItems } from './list-diff.ts'
import { readValue } from './read-state.ts'
import { type IdRun, locate } from './sequence-ids.ts'
import { diffText } from './text-diff.ts'

/**
 * Says where the parts of an older value are in the live document. Per item or UTF-16 code unit: its index, or
 * `~gap` when it is gone, `gap` being the index at which it stood.
 */
export interface Anchors {
  items(live: Y.Array<unknown>, base: readonly Json[], identity: readonly string[]): number[]
  characters(live: Y.Text, base: string): number[]
}

/** For a base that was read from the document just now. */
export const CURRENT: Anchors = {
  items: (_live, base) => Array.from(base.keys()),
  characters: (_live, base) => Array.from({ length: base.length }, (_, offset) => offset),
}

/** For a base of which nothing but the JSON is known: the same items are found as they are for a list diff. */
export const BY_COMPARISON: Anchors = {
  items(live, base, identity) {
    const kept = keptItems(base, listOf(readValue(live)), identity)
    const places = new Map(kept.map((old, position) => [old, position]))
    let gap = 0
    return base.map((_, old) => {
      const place = places.get(old)
      if (place === undefined) return ~gap
      gap = place + 1
      return place
    })
  },
  characters(live, base) {
    const diff = diffText(base, live.toString()) ?? { start: base.length, removed: 0, inserted: '' }
    const shift = diff.inserted.length - diff.removed
    return Array.from({ length: base.length }, (_, offset) => {
      if (offset < diff.start) return offset
      return offset < diff.start + diff.removed ? ~diff.start : offset + shift
    })
  },
}

const listOf = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : [])

/** For a base whose lists and texts were noted with the ids of their elements when it was read: exact. */
export const byIds = (ids: ReadonlyMap<unknown, readonly IdRun[]>): Anchors => ({
  items(live, base, identity) {
    const runs = ids.get(live)
    return runs === undefined ? BY_COMPARISON.items(live, base, identity) : locate(live, runs)
  },
  characters(live, base) {
    const runs = ids.get(live)
    return runs === undefined ? BY_COMPARISON.characters(live, base) : locate(live, runs)
  },
})
