import { type LogEntry, toUserId, toVersion, type Version } from '@nexus/core'
import { createRandom, type Random } from '@nexus/core/testkit'
import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { mergeRuns } from './merge-runs.ts'

const START = Date.parse('2026-01-01T12:00:00Z')
const never = () => false
const ada = toUserId('ada')
const bob = toUserId('bob')

interface Step {
  readonly update: Uint8Array
  /** Seconds after the start. */
  readonly at: number
  readonly by?: typeof ada
  readonly source?: string
  readonly changeType?: LogEntry['changeType']
}

const toEntries = (steps: readonly Step[]): LogEntry[] =>
  steps.map(({ update, at, by = ada, source = null, changeType = 'updated' }, index) => ({
    version: toVersion(index + 1),
    firstVersion: toVersion(index + 1),
    update,
    userId: by,
    triggeredBy: 'user',
    triggerSource: source,
    changeType,
    clientSession: null,
    occurredAt: new Date(START + at * 1000),
  }))

/** Updates of somebody who writes these words one after the other. */
function typed(...words: string[]): Uint8Array[] {
  const doc = new Y.Doc()
  const updates: Uint8Array[] = []
  doc.on('update', (update: Uint8Array) => updates.push(update))
  for (const word of words) doc.getText('t').insert(doc.getText('t').length, word)
  return updates
}

const ranges = (merged: ReturnType<typeof mergeRuns>) =>
  merged?.map(({ firstVersion, version }) => [firstVersion, version])

const update = (text: string) => typed(text)[0] ?? new Uint8Array()

describe('what becomes one version', () => {
  test('[THIN1] is what one author did within a minute of the first of them', () => {
    const updates = typed('a', 'b', 'c', 'd', 'e')
    const entries = toEntries(
      updates.map((made, index) => ({ update: made, at: [0, 30, 59, 60, 119][index] ?? 0 })),
    )
    expect(ranges(mergeRuns(new Y.Doc(), entries, never))).toEqual([
      [1, 3],
      [4, 5],
    ])
  })

  test('[THIN1] is never of two people, two causes, or a creation or revert', () => {
    const [a, b, c, d, e, f] = ['a', 'b', 'c', 'd', 'e', 'f'].map(update)
    if (!a || !b || !c || !d || !e || !f) throw new Error('six updates')
    const entries = toEntries([
      { update: a, at: 0, changeType: 'created' },
      { update: b, at: 1 },
      { update: c, at: 2, by: bob },
      { update: d, at: 3, by: bob, source: 'a tool' },
      { update: e, at: 4, by: bob, source: 'a tool', changeType: 'reverted' },
      { update: f, at: 5, by: bob, source: 'a tool' },
    ])
    expect(mergeRuns(new Y.Doc(), entries, never)).toEqual([])
  })

  test('[THIN1] what changes nothing goes into what comes next, whoever did that; the last one stays', () => {
    const [a, b] = typed('a', 'b')
    if (!a || !b) throw new Error('two updates')
    const entries = toEntries([
      { update: a, at: 0 },
      { update: a, at: 100, by: bob },
      { update: b, at: 200 },
      { update: b, at: 300, by: bob },
    ])
    const merged = mergeRuns(new Y.Doc(), entries, never)
    expect(merged).toEqual([{ firstVersion: 2, version: 3, update: null }])
  })

  test('[THIN3] ends at a version that something names', () => {
    const entries = toEntries(typed('a', 'b', 'c', 'd').map((made, at) => ({ update: made, at })))
    expect(ranges(mergeRuns(new Y.Doc(), entries, (version) => version === 2))).toEqual([
      [1, 2],
      [3, 4],
    ])
  })

  test('[THIN2] is without what came and went within it', () => {
    const doc = new Y.Doc()
    const updates: Uint8Array[] = []
    doc.on('update', (made: Uint8Array) => updates.push(made))
    for (const letter of 'hello') doc.getText('t').insert(doc.getText('t').length, letter)
    doc.getText('t').insert(0, 'x'.repeat(1_000))
    doc.getText('t').delete(0, 1_000)
    const entries = toEntries(updates.map((made, at) => ({ update: made, at })))
    const merged = mergeRuns(new Y.Doc(), entries, never) ?? []
    expect(merged).toHaveLength(1)
    expect(merged[0]?.update?.byteLength).toBeLessThan(60)
  })

  test('[THIN2] nothing is merged when an entry builds on what is not there', () => {
    const [, b, c] = typed('a', 'b', 'c')
    if (!b || !c) throw new Error('three updates')
    const entries = toEntries([b, c].map((made, at) => ({ update: made, at })))
    expect(mergeRuns(new Y.Doc(), entries, never)).toBeNull()
  })
})

describe('a history that was thinned', () => {
  test.each(Array.from({ length: 60 }, (_, index) => index + 1))(
    '[THIN2] reads as before at every version that remains, and takes late edits as before (seed %i)',
    (seed) => {
      const random = createRandom(seed)
      const { entries, late } = randomHistory(random)
      const kept = new Set([toVersion(1 + random.below(entries.length))])
      const merged = mergeRuns(new Y.Doc(), entries, (version) => kept.has(version)) ?? []
      const thinned = withMerged(entries, merged)
      expect(thinned.length).toBeLessThan(entries.length)
      expect(thinned.map(({ version }) => version)).toEqual(expect.arrayContaining([...kept, entries.length]))
      const before = statesOf(entries)
      for (const [version, state] of statesOf(thinned))
        expect(state, `version ${version}`).toEqual(before.get(version))
      for (const made of late) {
        const after = [...thinned, ...toEntries([{ update: made, at: 0 }])]
        expect(lastOf(after)).toEqual(lastOf([...entries, ...toEntries([{ update: made, at: 0 }])]))
      }
    },
  )
})

/** Three people who see each other's edits late; `late` are edits somebody made long ago and sends only now. */
function randomHistory(random: Random): { entries: LogEntry[]; late: Uint8Array[] } {
  const steps: Step[] = []
  const late: Uint8Array[] = []
  const people = [ada, bob, toUserId('eve')].map((by) => ({ by, doc: new Y.Doc() }))
  let at = 0
  for (let step = 0; step < 80; step += 1) {
    const { by, doc } = random.pick(people)
    for (const { update: made } of steps) if (random.below(3) > 0) Y.applyUpdate(doc, made)
    const isLate = random.below(12) === 0
    const author = isLate ? copyOf(doc) : doc
    const before = Y.encodeStateVector(author)
    author.transact(() => randomEdit(author, random))
    const made = Y.encodeStateAsUpdate(author, before)
    if (isLate) late.push(made)
    else if (isComplete([...steps.map((known) => known.update), made])) steps.push({ update: made, at, by })
    if (random.below(10) === 0) steps.push({ update: made, at, by })
    at += random.below(25)
  }
  const all = steps.map((known) => known.update)
  return { entries: toEntries(steps), late: late.filter((made) => isComplete([...all, made])) }
}

function copyOf(doc: Y.Doc): Y.Doc {
  const copy = new Y.Doc()
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc))
  return copy
}

/** A log holds nothing that builds on what it does not hold. */
function isComplete(updates: readonly Uint8Array[]): boolean {
  const doc = built(updates)
  return doc.store.pendingStructs === null && doc.store.pendingDs === null
}

function randomEdit(doc: Y.Doc, random: Random): void {
  const list = doc.getMap('state').get('list')
  if (!(list instanceof Y.Array)) {
    doc.getMap('state').set('list', new Y.Array())
    return
  }
  const at = random.below(list.length + 1)
  const kind = random.below(6)
  if (kind === 0) doc.getMap('state').set(`k${random.below(3)}`, random.below(100))
  else if (kind === 1 && list.length > 0) list.delete(random.below(list.length))
  else if (kind === 2) {
    const item = new Y.Map<unknown>()
    item.set('n', random.below(100))
    item.set('words', new Y.Text('some'))
    list.insert(at, [item])
  } else if (kind === 3) {
    const item = list.get(random.below(Math.max(1, list.length)))
    if (item instanceof Y.Map) item.set('n', random.below(100))
  } else if (kind === 4) doc.getMap('state').set('list', new Y.Array())
  else doc.getText('t').insert(random.below(doc.getText('t').length + 1), 'word')
}

function withMerged(
  entries: readonly LogEntry[],
  merged: NonNullable<ReturnType<typeof mergeRuns>>,
): LogEntry[] {
  return entries.flatMap((entry) => {
    const range = merged.find(
      ({ firstVersion, version }) => firstVersion <= entry.version && entry.version <= version,
    )
    if (range === undefined) return [entry]
    return range.version === entry.version
      ? [{ ...entry, firstVersion: range.firstVersion, update: range.update ?? entry.update }]
      : []
  })
}

const read = (doc: Y.Doc) => ({ ...doc.getMap('state').toJSON(), t: doc.getText('t').toJSON() })

function statesOf(entries: readonly LogEntry[]): Map<Version, unknown> {
  const doc = new Y.Doc()
  return new Map(
    entries.map(({ version, update: made }) => {
      Y.applyUpdate(doc, made)
      return [
        version,
        { json: read(doc), vector: Object.fromEntries(Y.decodeStateVector(Y.encodeStateVector(doc))) },
      ]
    }),
  )
}

function built(updates: readonly Uint8Array[]): Y.Doc {
  const doc = new Y.Doc()
  for (const made of updates) Y.applyUpdate(doc, made)
  return doc
}

const lastOf = (entries: readonly LogEntry[]) => read(built(entries.map((entry) => entry.update)))
