import { isJsonObject, type Json } from '../model/json.ts'
import { canonicalText } from './json-equality.ts'
import type { Pair } from './longest-chain.ts'
import { getMember } from './own-members.ts'

/** Most pairs of equal items looked at; beyond (thousands of equal items), equal items pair one to one. */
const MAX_EQUAL_PAIRS = 500_000

/**
 * All pairs of items that may be the same (NXML specification 14.7): the same object by reference; two objects with
 * the same identity, where it is unique on both sides; of the items still alone, those of equal value.
 *
 * @returns In the order that `longestChain` wants.
 */
export function pairItems(
  before: readonly Json[],
  after: readonly Json[],
  identity: readonly string[],
): Pair[] {
  const partners = new Map<number, number>()
  const taken = new Set<number>()
  for (const keyOf of [referenceOf, (item: Json) => identityOf(item, identity)]) {
    const old = uniquePositions(before, (item, position) => (taken.has(position) ? null : keyOf(item)))
    const next = uniquePositions(after, (item, position) => (partners.has(position) ? null : keyOf(item)))
    for (const [key, position] of next) {
      const partner = old.get(key)
      if (position === null || partner === undefined || partner === null) continue
      partners.set(position, partner)
      taken.add(partner)
    }
  }
  return [
    ...Array.from(partners, ([position, partner]) => ({ before: partner, after: position })),
    ...equalPairs(before, after, partners, taken),
  ].sort((a, b) => a.after - b.after || b.before - a.before)
}

const referenceOf = (item: Json): unknown => (typeof item === 'object' ? item : null)

/** What tells an object from others in its list, or `null`. `1` and `"1"` differ, hence the JSON text. */
export function identityOf(item: Json | undefined, identity: readonly string[]): string | null {
  if (!isJsonObject(item)) return null
  for (const member of identity) {
    const value = getMember(item, member)
    if (value !== undefined && value !== null && typeof value !== 'object')
      return JSON.stringify([member, value])
  }
  return null
}

/** Key → its position, or `null` when it occurs more than once. Items without a key (`null`) are left out. */
function uniquePositions<Key>(
  items: readonly Json[],
  keyOf: (item: Json, position: number) => Key | null,
): Map<Key, number | null> {
  const positions = new Map<Key, number | null>()
  items.forEach((item, position) => {
    const key = keyOf(item, position)
    if (key !== null) positions.set(key, positions.has(key) ? null : position)
  })
  return positions
}

function equalPairs(
  before: readonly Json[],
  after: readonly Json[],
  partners: ReadonlyMap<number, number>,
  taken: ReadonlySet<number>,
): Pair[] {
  const positions = Map.groupBy(
    before.keys().filter((position) => !taken.has(position)),
    (position) => canonicalText(before[position] ?? null),
  )
  const lonely = Map.groupBy(
    after.keys().filter((position) => !partners.has(position)),
    (position) => canonicalText(after[position] ?? null),
  )
  const groups = Array.from(lonely, ([text, group]) => ({ old: positions.get(text) ?? [], next: group }))
  const count = groups.reduce((sum, { old, next }) => sum + old.length * next.length, 0)
  return groups.flatMap(({ old, next }) =>
    count > MAX_EQUAL_PAIRS ? oneToOne(old, next) : allPairs(old, next),
  )
}

const allPairs = (old: readonly number[], next: readonly number[]): Pair[] =>
  next.flatMap((after) => old.map((before) => ({ before, after })))

const oneToOne = (old: readonly number[], next: readonly number[]): Pair[] =>
  next.slice(0, old.length).map((after, rank) => ({ before: old[rank] ?? 0, after }))
