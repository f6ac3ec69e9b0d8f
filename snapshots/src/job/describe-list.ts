import { isJsonObject, type Json, type JsonObject } from '@nexus/core'
import { identityOf, jsonEquals } from '@nexus/core/document'

/** What became of the items of a list; each item counts once. */
interface ListCounts {
  readonly added: number
  readonly removed: number
  readonly done: number
  readonly reopened: number
  readonly changed: number
}

/** A list longer than this is not paired item by item. */
const MAX_ITEMS = 5_000

/**
 * What became of a list, in words such as `3 tasks added` and `1 done`: the first phrase says what it is a list of, the
 * others follow it.
 *
 * @param name - What the list is called, made for a line.
 */
export function describeList(name: string, before: readonly Json[], after: readonly Json[]): string[] {
  if (before.length > MAX_ITEMS || after.length > MAX_ITEMS) return [`${name} changed`]
  const counts = countById(before, after) ?? countByValue(before, after)
  const kinds = (['added', 'removed', 'done', 'reopened', 'changed'] as const).filter(
    (kind) => counts[kind] > 0,
  )
  if (kinds.length === 0) return [`${name} reordered`]
  return kinds.map((kind, at) => `${at === 0 ? countOf(counts[kind], name) : counts[kind]} ${kind}`)
}

/** `3 tasks`, `1 task`; of names that are no plain plural, `3 items of list`. */
function countOf(count: number, name: string): string {
  if (/^\p{L}+s$/iu.test(name)) return `${count} ${count === 1 ? singularOf(name) : name}`
  return `${count} ${count === 1 ? 'item' : 'items'} of ${name}`
}

function singularOf(plural: string): string {
  if (/^(movies|cookies|ties|pies|lies)$/i.test(plural)) return plural.slice(0, -1)
  if (/^(series|species|news)$/i.test(plural)) return plural
  if (/ies$/i.test(plural)) return `${plural.slice(0, -3)}y`
  if (/(x|ch|sh|ss)es$/i.test(plural)) return plural.slice(0, -2)
  return /(ss|us|is)$/i.test(plural) ? plural : plural.slice(0, -1)
}

type Item = JsonObject

/** `null`: not every item says which it is. */
function countById(before: readonly Json[], after: readonly Json[]): ListCounts | null {
  const [former, present] = [byIdentity(before), byIdentity(after)]
  if (former === null || present === null) return null
  const counts = noCounts()
  for (const [id, item] of present) {
    const was = former.get(id)
    if (was === undefined) counts.added += 1
    else if (!jsonEquals(was, item)) counts[turnOf(was, item)] += 1
  }
  counts.removed = former
    .keys()
    .filter((id) => !present.has(id))
    .reduce((count) => count + 1, 0)
  return counts
}

/** The members that tell items apart, as where states are compared. */
const IDENTITY = ['id', 'key']

function byIdentity(list: readonly Json[]): ReadonlyMap<string, Item> | null {
  const items = new Map<string, Item>()
  for (const item of list) {
    const identity = identityOf(item, IDENTITY)
    if (identity === null || !isJsonObject(item)) return null
    items.set(identity, item)
  }
  return items.size === list.length ? items : null
}

/**
 * Items that do not say which they are. What stands on one side only is the same item when it is equal but for being done;
 * of the rest, what went and what came is the same item, changed, as far as it goes.
 */
function countByValue(before: readonly Json[], after: readonly Json[]): ListCounts {
  const counts = noCounts()
  const equal = pair(before, after, JSON.stringify)
  const alike = pair(equal.went, equal.came, withoutTicks)
  for (const [was, is] of alike.pairs) counts[turnOf(was, is)] += 1
  const changed = Math.min(alike.went.length, alike.came.length)
  counts.changed += changed
  counts.removed = alike.went.length - changed
  counts.added = alike.came.length - changed
  return counts
}

/** Pairs what has the same key, one to one and in order. */
function pair(before: readonly Json[], after: readonly Json[], keyOf: (item: Json) => string) {
  const former = Map.groupBy(before, keyOf)
  const came: Json[] = []
  const pairs: [Json, Json][] = []
  for (const item of after) {
    const was = former.get(keyOf(item))?.shift()
    if (was === undefined) came.push(item)
    else pairs.push([was, item])
  }
  return { pairs, came, went: [...former.values()].flat() }
}

const TICKS = ['done', 'completed', 'checked']

function withoutTicks(item: Json): string {
  if (!isJsonObject(item)) return JSON.stringify(item)
  return JSON.stringify(Object.entries(item).filter(([key]) => !TICKS.includes(key)))
}

function turnOf(before: Json, after: Json): 'done' | 'reopened' | 'changed' {
  for (const tick of TICKS) {
    const [was, is] = [tickOf(before, tick), tickOf(after, tick)]
    if (is === true && was !== true) return 'done'
    if (is === false && was === true) return 'reopened'
  }
  return 'changed'
}

function tickOf(item: Json, tick: string): boolean | null {
  const value = isJsonObject(item) && Object.hasOwn(item, tick) ? item[tick] : null
  return typeof value === 'boolean' ? value : null
}

const noCounts = () => ({ added: 0, removed: 0, done: 0, reopened: 0, changed: 0 })
