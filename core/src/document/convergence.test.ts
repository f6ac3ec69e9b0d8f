import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import type { Json, JsonObject } from '../model/json.ts'
import { applyJsonPatch } from './apply-json-patch.ts'
import { assignState } from './assign-state.ts'
import { beginRun } from './begin-run.ts'
import { applyUpdates, buildDocument } from './build-document.ts'
import { readState } from './read-state.ts'
import {
  newPanel,
  replicaOf,
  someList,
  someObject,
  TODO_MODEL,
  TODO_SHAPE,
  todoState,
  updatesOf,
} from './sample-panels.ts'
import { setAt } from './set-at.ts'

const someEdit = fc.oneof(
  fc.record({
    kind: fc.constant('assign' as const),
    tasks: someList,
    settings: someObject,
    notes: fc.string({ unit: fc.constantFrom('a', '😀', '\n'), maxLength: 5 }),
  }),
  fc.record({
    kind: fc.constant('run' as const),
    drop: fc.nat(),
    add: someList,
    by: fc.integer({ min: -3, max: 3 }),
  }),
  fc.record({ kind: fc.constant('patch' as const), index: fc.nat(), value: someObject }),
  fc.record({
    kind: fc.constant('set' as const),
    key: fc.constantFrom('theme', 'columns', 'x'),
    value: someList,
  }),
)
type SomeEdit = typeof someEdit extends fc.Arbitrary<infer Edit> ? Edit : never

function perform(doc: Y.Doc, edit: SomeEdit): void {
  const now = todoState(doc) as unknown as JsonObject & { tasks: Json[]; finished: number }
  if (edit.kind === 'assign') {
    const { tasks, settings, notes } = edit
    doc.transact(() => assignState(doc, TODO_SHAPE, { ...now, tasks, settings, notes }))
  } else if (edit.kind === 'run') {
    const tasks = [
      ...now.tasks.filter((_, index) => index !== edit.drop % (now.tasks.length + 1)),
      ...edit.add,
    ]
    beginRun(doc, TODO_SHAPE).commit({ tasks, finished: now.finished + edit.by })
  } else if (edit.kind === 'patch') {
    const index = edit.index % (now.tasks.length + 1)
    applyJsonPatch(doc, TODO_MODEL, [{ op: 'add', path: `/$state/tasks/${index}`, value: edit.value }])
  } else {
    setAt(doc, TODO_SHAPE, ['settings', edit.key], edit.value)
  }
}

/** Three people, each with a list of edits; after each one, who may hear of everything so far. */
const someSession = fc.array(
  fc.record({
    who: fc.nat({ max: 2 }),
    edit: someEdit,
    tells: fc.option(fc.nat({ max: 2 }), { nil: null, freq: 2 }),
  }),
  { minLength: 1, maxLength: 10 },
)

/** Also client ids come from the seed, so that a failure can be repeated. */
const threeIds = fc.uniqueArray(fc.integer({ min: 1, max: 2 ** 31 }), { minLength: 3, maxLength: 3 })

describe('three replicas', () => {
  test('[DOC71] show the same, whatever they do and in whatever order updates arrive', () => {
    fc.assert(
      fc.property(someSession, threeIds, threeIds, (session, seeds, clientIds) => {
        const first = newPanel()
        const docs = clientIds.map((clientId) => Object.assign(replicaOf(first), { clientID: clientId }))
        const log: Uint8Array[] = []
        for (const { who, edit, tells } of session) {
          const doc = docs[who] as Y.Doc
          log.push(...updatesOf(doc, () => perform(doc, edit)))
          if (tells !== null) applyUpdates(docs[tells] as Y.Doc, [Y.encodeStateAsUpdate(doc)], 'sync')
        }
        for (const [index, doc] of docs.entries()) applyUpdates(doc, shuffled(log, seeds[index] ?? 0), 'sync')
        const [a, b, c] = docs.map((doc) => JSON.stringify(readState(doc, TODO_SHAPE)))
        expect(b).toBe(a)
        expect(c).toBe(a)
        expect(JSON.stringify(readState(replicaOf(...docs), TODO_SHAPE))).toBe(a)
      }),
      { numRuns: 150 },
    )
  })

  test('[DOC73] an update that waited for several others is applied when the last of them arrives', () => {
    const [a, b] = [
      Object.assign(new Y.Doc(), { clientID: 1_210 }),
      Object.assign(new Y.Doc(), { clientID: 1_021 }),
    ]
    const edit = (doc: Y.Doc, write: () => unknown): Uint8Array =>
      updatesOf(doc, write)[0] ?? new Uint8Array()
    const a0 = edit(a, () => a.getText('text').insert(0, 'a'))
    const b0 = edit(b, () => b.getText('text').insert(0, 'b'))
    applyUpdates(a, [b0], 'sync')
    const a1 = edit(a, () => a.getText('text').insert(a.getText('text').toString().indexOf('b') + 1, 'A'))
    const a2 = edit(a, () => a.getArray('list').push([1]))
    applyUpdates(b, [a0, a1, a2], 'sync')
    const b1 = edit(b, () => b.getArray('list').insert(0, [2]))
    const b2 = edit(b, () => b.getText('text').insert(b.getText('text').toString().indexOf('A') + 1, 'B'))
    const late = new Y.Doc()
    for (const update of [a1, b2, a0, b0, b1, a2]) applyUpdates(late, [update], 'sync')
    expect(late.getText('text').toString()).toBe(b.getText('text').toString())
    expect(late.getArray('list').toJSON()).toEqual([2, 1])
  })

  test('[DOC72] a document built from checkpoint and tail shows what the document that wrote them shows', () => {
    fc.assert(
      fc.property(fc.array(someEdit, { minLength: 1, maxLength: 6 }), fc.nat(), (edits, cut) => {
        const doc = newPanel()
        const log = [
          Y.encodeStateAsUpdate(doc),
          ...updatesOf(doc, () => edits.forEach((edit) => void perform(doc, edit))),
        ]
        const at = cut % log.length
        const tail = log.slice(at).map((update) => ({ update }) as never)
        const checkpoint = { version: at as never, state: Y.mergeUpdates(log.slice(0, at)) }
        const built = buildDocument({
          checkpoint: at === 0 ? null : checkpoint,
          tail,
          version: log.length as never,
        })
        expect(readState(built, TODO_SHAPE)).toEqual(readState(doc, TODO_SHAPE))
        expect(built.gc).toBe(true)
      }),
      { numRuns: 60 },
    )
  })
})

/** Deterministic for a seed, so that a failure can be repeated. */
function shuffled<Item>(items: readonly Item[], seed: number): Item[] {
  const rest = [...items]
  const result: Item[] = []
  for (let turn = seed; rest.length > 0; turn = (turn * 7 + 3) % 1_000_003)
    result.push(...rest.splice(turn % rest.length, 1))
  return result
}
