import { isJsonObject, type Json } from '../model/json.ts'
import { jsonEquals } from './json-equality.ts'
import { longestChain } from './longest-chain.ts'
import { identityOf, pairItems } from './pair-items.ts'

/** Members that tell objects of a list apart when nothing is declared; the first one an object has counts. */
export const USUAL_IDENTITY: readonly string[] = ['id', 'key']

/**
 * Says which items of a list stay where they are when `before` becomes `after` (NXML specification 14.7): the longest
 * run of items that are the same on both sides, in the same relative order. Containers without an identity of their own
 * that stand at the same place between items that stay are the same, too, changed.
 *
 * @returns For each item of `after` the position in `before` of the item it stays, or −1 for one to be inserted.
 *   Positions ascend. Two items kept as one need not be equal: the old one is to be changed.
 */
export function keptItems(
  before: readonly Json[],
  after: readonly Json[],
  identity: readonly string[] = USUAL_IDENTITY,
): number[] {
  const start = commonStart(before, after)
  const end = commonEnd(before, after, start)
  const kept = after.map((_, position) => {
    if (position < start) return position
    return position < after.length - end ? -1 : before.length - after.length + position
  })
  const pairs = pairItems(
    before.slice(start, before.length - end),
    after.slice(start, after.length - end),
    identity,
  )
  for (const pair of longestChain(pairs)) kept[start + pair.after] = start + pair.before
  keepByPlace({ before, after, kept, identity })
  return kept
}

function commonStart(before: readonly Json[], after: readonly Json[]): number {
  const limit = Math.min(before.length, after.length)
  let start = 0
  while (start < limit && jsonEquals(before[start], after[start])) start++
  return start
}

function commonEnd(before: readonly Json[], after: readonly Json[], start: number): number {
  const limit = Math.min(before.length, after.length) - start
  let end = 0
  while (end < limit && jsonEquals(before[before.length - 1 - end], after[after.length - 1 - end])) end++
  return end
}

interface Comparison {
  readonly before: readonly Json[]
  readonly after: readonly Json[]
  /** Filled in where items are kept by their place. */
  readonly kept: number[]
  readonly identity: readonly string[]
}

/** In every gap between kept items that is as long as it was, containers of the same kind are kept one by one. */
function keepByPlace({ before, after, kept, identity }: Comparison): void {
  let gapStart = 0
  let oldGapStart = 0
  for (let position = 0; position <= after.length; position++) {
    const old = position === after.length ? before.length : (kept[position] ?? -1)
    if (old === -1) continue
    for (
      let offset = 0;
      position - gapStart === old - oldGapStart && gapStart + offset < position;
      offset++
    ) {
      if (isSameKind(before[oldGapStart + offset], after[gapStart + offset], identity)) {
        kept[gapStart + offset] = oldGapStart + offset
      }
    }
    gapStart = position + 1
    oldGapStart = old + 1
  }
}

const isSameKind = (old: Json | undefined, next: Json | undefined, identity: readonly string[]): boolean =>
  Array.isArray(old)
    ? Array.isArray(next)
    : isJsonObject(old) && isJsonObject(next) && identityOf(old, identity) === identityOf(next, identity)
