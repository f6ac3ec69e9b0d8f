import { isJsonObject, type Json, type JsonObject } from '@nexus/core'
import { jsonEquals } from '@nexus/core/document'
import { toLine } from './commit-message.ts'

/** The files of a panel, read. */
export interface PanelContent {
  /** `null`: a file that is none of ours. */
  readonly state: JsonObject | null
  readonly source: string | null
}

const KEY_CHARS = 24
/** Of one panel; more are counted. */
const MAX_PHRASES = 3
/** A list longer than this is not paired item by item. */
const MAX_ITEMS = 5_000

/** What became of a panel's content, in words such as `3 tasks added, 1 done` or `text edited`. Pure, and the same everywhere. */
export function describeContent(before: PanelContent, after: PanelContent): string {
  const phrases = [
    ...(before.source === after.source ? [] : ['source changed']),
    ...(before.state === null || after.state === null ? [] : stateChanges(before.state, after.state)),
  ]
  if (phrases.length === 0) return 'changed'
  if (phrases.length <= MAX_PHRASES) return phrases.join(', ')
  const told = MAX_PHRASES - 1
  return `${phrases.slice(0, told).join(', ')}, ${phrases.length - told} more changes`
}

function stateChanges(before: JsonObject, after: JsonObject): string[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
  return keys.flatMap((key) => {
    const [was, is] = [memberOf(before, key), memberOf(after, key)]
    if (was === undefined) return is === undefined ? [] : [`${wordOf(key)} added`]
    if (is === undefined) return [`${wordOf(key)} removed`]
    if (jsonEquals(was, is)) return []
    if (Array.isArray(was) && Array.isArray(is)) return listChanges(key, was, is)
    return [`${wordOf(key)} ${typeof is === 'string' ? 'edited' : 'changed'}`]
  })
}

const memberOf = (object: JsonObject, key: string): Json | undefined =>
  Object.hasOwn(object, key) ? object[key] : undefined

/** A key as a word of a sentence; it may be anything. */
const wordOf = (key: string): string => toLine(key, KEY_CHARS) || 'a value'

interface ListCounts {
  added: number
  removed: number
  done: number
  reopened: number
  changed: number
}

function listChanges(key: string, before: readonly Json[], after: readonly Json[]): string[] {
  if (before.length > MAX_ITEMS || after.length > MAX_ITEMS) return [`${wordOf(key)} changed`]
  const counts = idsOf(before) && idsOf(after) ? countById(before, after) : countByValue(before, after)
  const kinds = (['added', 'removed', 'done', 'reopened', 'changed'] as const).filter(
    (kind) => counts[kind] > 0,
  )
  if (kinds.length === 0) return [`${wordOf(key)} reordered`]
  return kinds.map((kind, at) => toPhrase(key, { kind, count: counts[kind], isFirst: at === 0 }))
}

/** The first phrase about a list names what it is a list of; the others follow it. */
function toPhrase(
  key: string,
  { kind, count, isFirst }: { kind: keyof ListCounts; count: number; isFirst: boolean },
): string {
  if (!isFirst) return `${count} ${kind}`
  const plural = wordOf(key)
  if (/^\p{L}+s$/iu.test(plural)) return `${count} ${count === 1 ? singularOf(plural) : plural} ${kind}`
  return `${count} ${count === 1 ? 'item' : 'items'} of ${plural} ${kind}`
}

function singularOf(plural: string): string {
  if (/^(movies|cookies|ties|pies|lies)$/i.test(plural)) return plural.slice(0, -1)
  if (/^(series|species|news)$/i.test(plural)) return plural
  if (/ies$/i.test(plural)) return `${plural.slice(0, -3)}y`
  if (/(x|ch|sh|ss)es$/i.test(plural)) return plural.slice(0, -2)
  return /(ss|us|is)$/i.test(plural) ? plural : plural.slice(0, -1)
}

type Item = JsonObject & { readonly id: string | number }

const isItem = (value: Json): value is Item =>
  isJsonObject(value) && (typeof value.id === 'string' || typeof value.id === 'number')

/** Whether the items are objects that say which they are, each another. */
function idsOf(list: readonly Json[]): list is readonly Item[] {
  return list.every(isItem) && new Set(list.map(({ id }) => id)).size === list.length
}

const noCounts = (): ListCounts => ({ added: 0, removed: 0, done: 0, reopened: 0, changed: 0 })

function countById(before: readonly Item[], after: readonly Item[]): ListCounts {
  const former = new Map(before.map((item) => [item.id, item]))
  const counts = noCounts()
  for (const item of after) {
    const was = former.get(item.id)
    former.delete(item.id)
    if (was === undefined) counts.added += 1
    else if (!jsonEquals(was, item)) counts[turnOf(was, item)] += 1
  }
  counts.removed = former.size
  return counts
}

const TICKS = ['done', 'completed', 'checked']

function turnOf(before: JsonObject, after: JsonObject): 'done' | 'reopened' | 'changed' {
  for (const tick of TICKS) {
    const [was, is] = [memberOf(before, tick), memberOf(after, tick)]
    if (is === true && was !== true) return 'done'
    if (is === false && was === true) return 'reopened'
  }
  return 'changed'
}

/** Items that do not say which they are: what went and what came is the same item, changed, as far as it goes. */
function countByValue(before: readonly Json[], after: readonly Json[]): ListCounts {
  const left = new Map<string, number>()
  for (const item of before) left.set(JSON.stringify(item), (left.get(JSON.stringify(item)) ?? 0) + 1)
  let added = 0
  for (const item of after) {
    const text = JSON.stringify(item)
    const count = left.get(text) ?? 0
    if (count === 0) added += 1
    else left.set(text, count - 1)
  }
  const removed = [...left.values()].reduce((sum, count) => sum + count, 0)
  const changed = Math.min(added, removed)
  return { ...noCounts(), added: added - changed, removed: removed - changed, changed }
}
