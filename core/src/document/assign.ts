import * as Y from 'yjs'
import { isJsonObject, type Json, type JsonObject } from '../model/json.ts'
import type { Anchors } from './anchors.ts'
import { assignText } from './assign-text.ts'
import { jsonEquals } from './json-equality.ts'
import { keptItems, USUAL_IDENTITY } from './list-diff.ts'
import { getMember, hasMember } from './own-members.ts'
import { toStored } from './write-stored.ts'

/**
 * Changes a stored container so that what `next` says differently from `base` is said there, too, and nothing else:
 * members and items that both have alike keep whatever others have made of them meanwhile.
 *
 * @param base - What the container showed when `next` was worked out from it.
 * @returns `false`, having done nothing, when stored value, base and next are not of one kind: replace it, then.
 */
export function assignInPlace(
  live: unknown,
  base: Json | undefined,
  next: Json,
  anchors: Anchors,
  identity: readonly string[] = USUAL_IDENTITY,
): boolean {
  if (live instanceof Y.Text && typeof base === 'string' && typeof next === 'string') {
    assignText(live, base, next, anchors)
  } else if (live instanceof Y.Map && isJsonObject(base) && isJsonObject(next)) {
    assignMembers(live, base, next, anchors)
  } else if (live instanceof Y.Array && Array.isArray(base) && Array.isArray(next)) {
    assignItems({ live, base, next, anchors, identity })
  } else {
    return false
  }
  return true
}

/** Object diff: removes members that are missing in `next`, sets changed ones, descends into changed containers. */
export function assignMembers(
  live: Y.Map<unknown>,
  base: JsonObject,
  next: JsonObject,
  anchors: Anchors,
): void {
  for (const key of Object.keys(base)) if (!hasMember(next, key)) live.delete(key)
  for (const [key, value] of Object.entries(next))
    assignMember({ live, key, base: getMember(base, key), next: value, anchors })
}

/** Object diff of one member; `base` is `undefined` when there was none. */
export function assignMember({ live, key, base, next, anchors }: MemberChange): void {
  if (jsonEquals(base, next)) return
  const stored = live.get(key)
  if (assignInPlace(stored, base, next, anchors)) return
  if (stored !== next) live.set(key, toStored(next))
}

interface MemberChange {
  readonly live: Y.Map<unknown>
  readonly key: string
  readonly base: Json | undefined
  readonly next: Json
  readonly anchors: Anchors
}

/** Changes the item at `index`: in place when it is a container of the same kind, else by delete and insert. */
export function assignItem(
  live: Y.Array<unknown>,
  index: number,
  base: Json | undefined,
  next: Json,
  anchors: Anchors,
): void {
  if (jsonEquals(base, next) || assignInPlace(live.get(index), base, next, anchors)) return
  live.delete(index, 1)
  live.insert(index, [toStored(next)])
}

interface ListChange {
  readonly live: Y.Array<unknown>
  readonly base: readonly Json[]
  readonly next: readonly Json[]
  readonly anchors: Anchors
  readonly identity: readonly string[]
}

/**
 * Separate removals and insertions made in one list. Each takes Yjs time in proportion to the list, so tens of thousands
 * of them take many seconds; a difference of more is written as a new list.
 */
const MAX_STEPS = 5_000

/** List diff (NXML specification 14.7): kept items are changed in place, the others deleted and inserted in runs. */
function assignItems({ live, base, next, anchors, identity }: ListChange): void {
  const kept = keptItems(base, next, identity)
  const places = anchors.items(live, base, identity)
  const keptPlaces = new Set(kept)
  const removals = places.filter((place, old) => place >= 0 && !keptPlaces.has(old))
  const steps = stepsOf(removals, insertionRuns({ kept, places, next, end: live.length }))
  if (steps.length > MAX_STEPS) {
    const all = places.filter((place) => place >= 0)
    restructure(live, stepsOf(all, [{ index: 0, items: [...next] }]))
    return
  }
  kept.forEach((old, position) => {
    const place = places[old] ?? -1
    const item = next[position]
    // An item that somebody else removed stays removed: the change of it is lost with it.
    if (place >= 0 && item !== undefined) assignItem(live, place, base[old], item, anchors)
  })
  restructure(live, steps)
}

interface Insertion {
  /** Index in the list as it is before anything is removed or inserted. */
  readonly index: number
  readonly items: Json[]
}

/** Runs of new items. Those before the first kept item go to the front, those after the last to the end. */
function insertionRuns(change: {
  readonly kept: readonly number[]
  readonly places: readonly number[]
  readonly next: readonly Json[]
  readonly end: number
}): Insertion[] {
  const { kept, places, next, end } = change
  const lastKept = kept.findLastIndex((old) => old !== -1)
  const runs: Insertion[] = []
  let index = 0
  let run: Insertion | null = null
  for (const [position, old] of kept.entries()) {
    const item = next[position]
    if (old !== -1) {
      const place = places[old] ?? 0
      index = position === lastKept ? end : place >= 0 ? place + 1 : ~place
      run = null
    } else if (item !== undefined) {
      run ??= startRun(runs, index)
      run.items.push(item)
    }
  }
  return runs
}

function startRun(runs: Insertion[], index: number): Insertion {
  const run = { index, items: [] }
  runs.push(run)
  return run
}

/** A removal where `count` is not 0, else an insertion. */
interface ListStep extends Insertion {
  readonly count: number
}

/** From the back to the front, so that the indices still to come stay right. */
function stepsOf(removals: readonly number[], insertions: readonly Insertion[]): ListStep[] {
  const steps: ListStep[] = [
    ...removalRuns(removals, new Set(insertions.map(({ index }) => index))),
    ...insertions.map(({ index, items }) => ({ index, count: 0, items })),
  ]
  return steps.sort((a, b) => b.index - a.index || b.count - a.count)
}

function restructure(live: Y.Array<unknown>, steps: readonly ListStep[]): void {
  for (const { index, count, items } of steps) {
    if (count > 0) live.delete(index, count)
    else live.insert(index, items.map(toStored))
  }
}

/** Neighbours are removed together, unless something is to be inserted between them. */
function removalRuns(removals: readonly number[], breaks: ReadonlySet<number>) {
  const runs: { readonly index: number; count: number; readonly items: Json[] }[] = []
  for (const index of removals) {
    const last = runs.at(-1)
    if (last !== undefined && last.index + last.count === index && !breaks.has(index)) last.count++
    else runs.push({ index, count: 1, items: [] })
  }
  return runs
}
