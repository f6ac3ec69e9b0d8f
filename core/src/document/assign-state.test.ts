import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { isNexusError } from '../model/errors.ts'
import type { Json, JsonObject } from '../model/json.ts'
import { assignState } from './assign-state.ts'
import { readState } from './read-state.ts'
import { replaceState } from './replace-state.ts'
import {
  bytesOf,
  newPanel,
  replicaOf,
  shapeOf,
  someJson,
  someObject,
  state,
  sync,
  TODO_MODEL,
  TODO_SHAPE,
  todoState,
  updatesOf,
} from './sample-panels.ts'
import { FREE_FORM } from './shape.ts'

const assign = (doc: Y.Doc, next: JsonObject, base?: JsonObject) =>
  doc.transact(() => assignState(doc, TODO_SHAPE, next, base))
const jsonOf = (doc: Y.Doc): JsonObject => readState(doc, TODO_SHAPE)

describe('by difference', () => {
  test('[DOC50] assigning what is there already makes no update', () => {
    const doc = newPanel()
    expect(updatesOf(doc, () => assign(doc, structuredClone(jsonOf(doc))))).toEqual([])
  })

  test('[DOC50] members of an object that differ are set, the others left to others', () => {
    const a = newPanel()
    const b = replicaOf(a)
    assign(a, { ...jsonOf(a), settings: { theme: 'dark', columns: ['a', 'b'] } })
    assign(b, { ...jsonOf(b), settings: { theme: 'light', columns: ['a', 'c'], wide: true } })
    sync(a, b)
    expect(todoState(a).settings).toEqual({ theme: 'dark', columns: ['a', 'c'], wide: true })
  })

  test('[DOC51] texts are changed by characters and never cut a surrogate pair', () => {
    const a = newPanel(TODO_SHAPE, { notes: 'x😀y' })
    const b = replicaOf(a)
    assign(a, { ...jsonOf(a), notes: 'x😁y' })
    assign(b, { ...jsonOf(b), notes: 'x😀y and more' })
    sync(a, b)
    expect(todoState(a).notes).toBe('x😁y and more')
    expect(todoState(replicaOf(a)).notes).toBe('x😁y and more')
  })

  test('[DOC51] random texts become what was asked for, on every replica', () => {
    const someText = fc.string({ unit: fc.constantFrom('a', 'b', '😀', '😁', '🀀', '\n'), maxLength: 10 })
    fc.assert(
      fc.property(someText, someText, (before, after) => {
        const doc = newPanel(TODO_SHAPE, { notes: before })
        assign(doc, { ...jsonOf(doc), notes: after })
        expect(todoState(replicaOf(doc)).notes).toBe(after)
      }),
      { numRuns: 300 },
    )
  })

  test('[DOC87] a list that differs in tens of thousands of places is written anew, beside what others insert', () => {
    const list = (item: (at: number) => number) => ({
      list: Array.from({ length: 50_000 }, (_, at) => item(at)),
    })
    const doc = newPanel(
      FREE_FORM,
      list((at) => at % 2),
    )
    const other = replicaOf(doc)
    const items = other.getMap('state').get('list')
    if (items instanceof Y.Array) items.insert(25_000, ['theirs'])
    const next = list((at) => ((at * at) % 3) % 2)
    const began = performance.now()
    doc.transact(() => assignState(doc, FREE_FORM, next))
    expect(performance.now() - began).toBeLessThan(2_000)
    expect(readState(doc, FREE_FORM)).toEqual(next)
    sync(doc, other)
    expect(readState(doc, FREE_FORM).list).toHaveLength(50_001)
    expect(readState(other, FREE_FORM)).toEqual(readState(doc, FREE_FORM))
  })

  test('[DOC52] a declared state missing in what is assigned gets its default', () => {
    const doc = newPanel(TODO_SHAPE, { title: 'Other', notes: 'n', finished: 9 })
    assign(doc, { notes: 'kept' })
    expect(jsonOf(doc)).toEqual({ ...jsonOf(newPanel()), notes: 'kept' })
  })

  test.each<[JsonObject, string]>([
    [{ unknown: 1 }, '/$state/unknown'],
    [{ draft: 'local' }, '/$state/draft'],
    [{ points: '1' }, '/$state/points'],
    [{ finished: 0.5 }, '/$state/finished'],
    [{ tasks: [{ x: Number.NaN }] }, '/$state/tasks/0/x'],
  ])('[DOC53] refused with its pointer, nothing changed: %j', (next, pointer) => {
    const doc = newPanel()
    const before = bytesOf(doc)
    try {
      assign(doc, { title: 'changed', ...next })
      expect.unreachable()
    } catch (error) {
      expect(isNexusError(error, 'invalid_patch') && error.details).toEqual({ pointer })
    }
    expect(bytesOf(doc)).toEqual(before)
  })

  test('[DOC54] random states become what was asked for, on every replica', () => {
    fc.assert(
      fc.property(someObject, fc.array(someObject, { minLength: 1, maxLength: 3 }), (first, targets) => {
        const doc = newPanel(FREE_FORM, first)
        for (const target of targets) {
          doc.transact(() => assignState(doc, FREE_FORM, target))
          expect(readState(doc, FREE_FORM)).toEqual(target)
        }
        expect(readState(replicaOf(doc), FREE_FORM)).toEqual(targets.at(-1))
      }),
      { numRuns: 300 },
    )
  })
})

describe('from an older base', () => {
  test('[DOC55] only what differs between base and target is done; the rest stays as others made it', () => {
    const doc = newPanel()
    const base = structuredClone(jsonOf(doc))
    assign(doc, {
      ...jsonOf(doc),
      title: 'Theirs',
      tasks: [{ id: 't0' }, ...todoState(doc).tasks] as Json,
      notes: 'Oh: Remember the\nreceipts',
      finished: 5,
    })
    const tasks = (base.tasks as JsonObject[])
      .filter(({ id }) => id !== 't1')
      .map((task) => ({ ...task, done: true }))
    assign(doc, { ...base, tasks, notes: 'Remember all the\nreceipts', finished: 4 }, base)
    expect(jsonOf(doc)).toMatchObject({
      title: 'Theirs',
      tasks: [{ id: 't0' }, { id: 't2', done: true }, { id: 't3', done: true }],
      notes: 'Oh: Remember all the\nreceipts',
      finished: 6,
    })
  })

  test('[DOC55] the base of a random change is carried over without disturbing an untouched document', () => {
    fc.assert(
      fc.property(someObject, someObject, (base, next) => {
        const doc = newPanel(FREE_FORM, base)
        doc.transact(() => assignState(doc, FREE_FORM, next, base))
        expect(readState(doc, FREE_FORM)).toEqual(next)
      }),
      { numRuns: 200 },
    )
  })

  test('[DOC55] random bases and documents never break anything', () => {
    fc.assert(
      fc.property(someObject, someObject, someObject, (current, base, next) => {
        const doc = newPanel(FREE_FORM, current)
        doc.transact(() => assignState(doc, FREE_FORM, next, base))
        for (const key of Object.keys(next))
          expect(Object.hasOwn(base, key) || Object.hasOwn(readState(doc, FREE_FORM), key)).toBe(true)
        expect(readState(replicaOf(doc), FREE_FORM)).toEqual(readState(doc, FREE_FORM))
      }),
      { numRuns: 200 },
    )
  })
})

describe('replaceState', () => {
  test('[DOC56] takes back what was read, with $computed ignored', () => {
    const doc = newPanel()
    const read = { $state: structuredClone(jsonOf(doc)), $computed: { any: 'thing' } }
    expect(replaceState(doc, TODO_MODEL, read)).toBe(false)
    expect(
      replaceState(doc, TODO_MODEL, { ...read, $state: { ...read.$state, points: 8 } }, undefined, 'put'),
    ).toBe(true)
    expect(todoState(doc).points).toBe(8)
  })

  test.each([null, [], {}, { $state: [] }, { $state: {}, other: 1 }, 'x'])(
    '[DOC56] refuses %j',
    (value: Json) => {
      const doc = newPanel()
      expect(() => replaceState(doc, TODO_MODEL, value)).toThrow(
        expect.objectContaining({ code: 'invalid_patch' }),
      )
    },
  )
})

describe('read-through and opening', () => {
  const shape = shapeOf(
    state('list', 'list', [{ id: 1 }]),
    state('text', 'text', 'hello'),
    state('n', 'counter', 2),
  )

  test('[DOC57] two replicas that open a missing state at the same time share one container', () => {
    const [a, b] = [new Y.Doc(), new Y.Doc()]
    for (const [doc, id] of [
      [a, 'a'],
      [b, 'b'],
    ] as const) {
      const now = readState(doc, shape)
      doc.transact(() =>
        assignState(doc, shape, { list: [...(now.list as Json[]), { id }], text: `${now.text}${id}`, n: 3 }),
      )
    }
    sync(a, b)
    expect(readState(a, shape)).toEqual(readState(b, shape))
    expect(readState(a, shape).list).toHaveLength(3)
    expect(readState(a, shape).n).toBe(4)
    expect(['helloab', 'helloba']).toContain(readState(a, shape).text)
  })

  test('[DOC57] also when each had something of the wrong kind there', () => {
    const a = new Y.Doc()
    a.getMap('state').set('list', 'wrong')
    a.getMap('state').set('text', new Y.Map())
    const b = replicaOf(a)
    for (const doc of [a, b])
      doc.transact(() => assignState(doc, shape, { list: [doc.clientID], text: 'x', n: 2 }))
    sync(a, b)
    expect(readState(a, shape)).toEqual(readState(b, shape))
    expect(readState(a, shape).list).toHaveLength(2)
  })

  test('[DOC57] values stored as plain JSON by other clients can be edited', () => {
    const doc = new Y.Doc()
    doc.getMap('state').set('x', { deep: [1, { a: 1 }] })
    doc.transact(() => assignState(doc, FREE_FORM, { x: { deep: [1, { a: 1, b: 2 }] } }))
    expect(readState(doc, FREE_FORM)).toEqual({ x: { deep: [1, { a: 1, b: 2 }] } })
  })
})

test('[DOC54] random values can be assigned to any member', () => {
  fc.assert(
    fc.property(someJson, someJson, (first, next) => {
      const doc = newPanel(FREE_FORM, { list: [first], member: first })
      doc.transact(() => assignState(doc, FREE_FORM, { list: [next], member: next }))
      expect(readState(doc, FREE_FORM)).toEqual({ list: [next], member: next })
    }),
    { numRuns: 200 },
  )
})
