import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type * as Y from 'yjs'
import type { Json, JsonObject } from '../model/json.ts'
import { assignState } from './assign-state.ts'
import { beginRun } from './begin-run.ts'
import { readState } from './read-state.ts'
import {
  newPanel,
  replicaOf,
  shapeOf,
  someList,
  someObject,
  state,
  sync,
  TODO_SHAPE,
  todoState,
  updatesOf,
} from './sample-panels.ts'
import { textAt } from './set-at.ts'
import { FREE_FORM } from './shape.ts'

const tasksOf = (value: JsonObject) => value.tasks as JsonObject[]
const assign = (doc: Y.Doc, change: (now: JsonObject) => JsonObject) =>
  doc.transact(() => {
    const now = readState(doc, TODO_SHAPE)
    assignState(doc, TODO_SHAPE, { ...now, ...change(now) })
  })

describe('a run', () => {
  test('[DOC60] (C21) an item that arrives while a handler filters the list is there afterwards', () => {
    const doc = newPanel()
    const run = beginRun(doc, TODO_SHAPE)
    const next = { ...run.state, tasks: tasksOf(run.state).filter(({ id }) => id !== 't1') }
    assign(doc, (now) => ({ tasks: [...tasksOf(now), { id: 'theirs' }] }))
    expect(run.commit(next, 'tool:clear')).toBe(true)
    expect(todoState(doc).tasks.map(({ id }) => id)).toEqual(['t2', 't3', 'theirs'])
  })

  test('[DOC60] an item removed meanwhile stays removed, and takes the change of it along', () => {
    const doc = newPanel()
    const run = beginRun(doc, TODO_SHAPE)
    assign(doc, (now) => ({ tasks: tasksOf(now).filter(({ id }) => id !== 't2') }))
    run.commit({ ...run.state, tasks: tasksOf(run.state).map((task) => ({ ...task, done: true })) })
    expect(todoState(doc).tasks.map(({ id, done }) => [id, done])).toEqual([
      ['t1', true],
      ['t3', true],
    ])
  })

  test('[DOC60] text typed meanwhile stays, at its place', () => {
    const doc = newPanel()
    const run = beginRun(doc, TODO_SHAPE)
    textAt(doc, 'notes')?.insert(9, 'all ')
    textAt(doc, 'notes')?.insert(0, 'Please: ')
    run.commit({ ...run.state, notes: 'Remember the\nblue receipts!' })
    expect(todoState(doc).notes).toBe('Please: Remember all the\nblue receipts!')
  })

  test('[DOC60] a counter gets the difference between what was left and what was given', () => {
    const doc = newPanel()
    const run = beginRun(doc, TODO_SHAPE)
    assign(doc, () => ({ finished: 10 }))
    run.commit({ ...run.state, finished: 0 })
    expect(todoState(doc).finished).toBe(7)
  })

  test('[DOC61] (C9) three writes are one transaction, one update', () => {
    const doc = newPanel()
    const run = beginRun(doc, TODO_SHAPE)
    let observed = 0
    doc.getMap('state').observeDeep(() => observed++)
    const updates = updatesOf(doc, () =>
      run.commit({ ...run.state, title: 'x', points: 2, notes: 'y' }, 'tool:x'),
    )
    expect([updates.length, observed]).toEqual([1, 1])
  })

  test('[DOC61] (C10) a run that is not committed, or left wrong values, changes nothing', () => {
    const doc = newPanel()
    const updates = updatesOf(doc, () => {
      beginRun(doc, TODO_SHAPE)
      const run = beginRun(doc, TODO_SHAPE)
      expect(() => run.commit({ ...run.state, title: 'x', points: 'y' })).toThrow('points')
    })
    expect(updates).toEqual([])
  })

  test('[DOC61] what a run is given is frozen; local states and missing ones are left out of account', () => {
    const doc = newPanel()
    const run = beginRun(doc, TODO_SHAPE)
    expect(Object.isFrozen(run.state) && Object.isFrozen(tasksOf(run.state)[0])).toBe(true)
    expect(run.commit({ draft: 'mine' })).toBe(false)
    expect(run.commit({ draft: 'mine', title: 'x' })).toBe(true)
    expect(todoState(doc)).toMatchObject({ title: 'x', points: 1 })
  })

  test('[DOC62] the same object stays the same item, even without identity and changed beyond recognition', () => {
    const shape = shapeOf(state('list', 'list', [{ v: 1 }, { v: 2 }, { v: 2 }]))
    const a = newPanel(shape)
    const b = replicaOf(a)
    const run = beginRun(a, shape)
    const [first, second, third] = run.state.list as Json[]
    run.commit({ list: [third ?? null, first ?? null, second ?? null] })
    const other = beginRun(b, shape)
    other.commit({ list: [{ v: 1, edited: true }, { v: 2 }, { v: 2 }] })
    sync(a, b)
    expect(readState(a, shape).list).toEqual([{ v: 2 }, { v: 1, edited: true }, { v: 2 }])
  })
})

describe('random runs', () => {
  test('[DOC63] on a document that has not changed, a run leaves exactly what the handler left', () => {
    fc.assert(
      fc.property(someObject, someObject, (first, next) => {
        const doc = newPanel(FREE_FORM, first)
        beginRun(doc, FREE_FORM).commit(next)
        expect(readState(doc, FREE_FORM)).toEqual(next)
      }),
      { numRuns: 200 },
    )
  })

  test('[DOC63] a run on a document that changed meanwhile loses nothing that either side made or kept', () => {
    const shape = shapeOf(state('list', 'list', []), state('text', 'text', ''), state('n', 'counter', 0))
    const someText = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '😀'), maxLength: 6 })
    const someState = fc.record({
      list: fc.uniqueArray(fc.nat({ max: 9 }), { maxLength: 6 }),
      text: someText,
      n: fc.integer({ min: -5, max: 5 }),
    })
    fc.assert(
      fc.property(someState, someState, someState, (first, theirs, mine) => {
        const doc = newPanel(shape, first)
        const run = beginRun(doc, shape)
        doc.transact(() => assignState(doc, shape, theirs))
        run.commit(mine)
        const result = readState(doc, shape)
        expect(result.n).toBe(theirs.n + mine.n - first.n)
        const kept = first.list.filter((item) => theirs.list.includes(item) && mine.list.includes(item))
        for (const item of kept) expect(result.list).toContain(item)
        for (const item of [...theirs.list, ...mine.list]) {
          if (!first.list.includes(item)) expect(result.list).toContain(item)
        }
        expect(readState(replicaOf(doc), shape)).toEqual(result)
      }),
      { numRuns: 300 },
    )
  })

  test('[DOC63] what others did meanwhile to untouched states is kept to the letter', () => {
    fc.assert(
      fc.property(someList, someList, someObject, (tasks, theirs, settings) => {
        const doc = newPanel(TODO_SHAPE, { tasks })
        const run = beginRun(doc, TODO_SHAPE)
        assign(doc, () => ({ tasks: theirs, notes: 'theirs' }))
        run.commit({ ...run.state, settings })
        expect(todoState(doc)).toMatchObject({ notes: 'theirs' })
        expect([todoState(doc).tasks, todoState(doc).settings]).toEqual([theirs, settings])
      }),
      { numRuns: 100 },
    )
  })
})
