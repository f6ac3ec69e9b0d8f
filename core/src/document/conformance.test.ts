// The scenarios of the NXML specification, 14.12, that concern the document. C10 and C21 are with runs.
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import type { JsonObject } from '../model/json.ts'
import { assignState } from './assign-state.ts'
import { beginRun } from './begin-run.ts'
import { applyUpdates } from './build-document.ts'
import { compactCounters } from './compact-counters.ts'
import { createPanelUpdate } from './initial-update.ts'
import { readSource, readState } from './read-state.ts'
import { bytesOf, newPanel, replicaOf, sync, TODO_SHAPE, todoState, updatesOf } from './sample-panels.ts'
import { setAt, textAt } from './set-at.ts'

const run = (
  doc: Y.Doc,
  change: (state: ReturnType<typeof todoState>) => JsonObject,
  origin = 'tool:test',
) => {
  const started = beginRun(doc, TODO_SHAPE)
  return started.commit(
    { ...started.state, ...change(started.state as ReturnType<typeof todoState>) },
    origin,
  )
}

const pair = () => {
  const a = newPanel()
  return [a, replicaOf(a)] as const
}

test('[DOC70] C1: two clients that join at once see one copy of source and defaults', () => {
  const server = newPanel()
  const [a, b] = [replicaOf(server), replicaOf(server)]
  sync(server, a, b)
  for (const doc of [server, a, b]) {
    expect(readSource(doc)).toBe('<NexusPanel/>')
    expect(readState(doc, TODO_SHAPE)).toEqual(readState(server, TODO_SHAPE))
  }
  expect(todoState(a).tasks).toHaveLength(3)
})

test('[DOC70] C2: two servers build identical first updates, and applying both changes nothing', () => {
  const build = () => createPanelUpdate({ panelId: 'p1', source: '<NexusPanel/>', shape: TODO_SHAPE })
  expect(build()).toEqual(build())
  const doc = replicaOf(build())
  expect(updatesOf(doc, () => applyUpdates(doc, [build()], 'sync'))).toEqual([])
})

test('[DOC70] C4: both pushed tasks are there, in the same order for both', () => {
  const [a, b] = pair()
  run(a, ({ tasks }) => ({ tasks: [...tasks, { id: 'a1' }, { id: 'a2' }] }))
  run(b, ({ tasks }) => ({ tasks: [...tasks, { id: 'b1' }, { id: 'b2' }] }))
  sync(a, b)
  expect(todoState(a).tasks).toEqual(todoState(b).tasks)
  expect(todoState(a).tasks.map(({ id }) => id)).toEqual(expect.arrayContaining(['a1', 'a2', 'b1', 'b2']))
})

test('[DOC70] C5: A filters out t1, B ticks t3', () => {
  const [a, b] = pair()
  run(a, ({ tasks }) => ({ tasks: tasks.filter(({ id }) => id !== 't1') }))
  setAt(b, TODO_SHAPE, ['tasks', 2, 'done'], true, 'bind:tasks')
  sync(a, b)
  expect(todoState(a).tasks.map(({ id, done }) => [id, done])).toEqual([
    ['t2', true],
    ['t3', true],
  ])
})

test('[DOC70] C6: A maps over the list changing t2, B edits another field of t2', () => {
  const [a, b] = pair()
  run(a, ({ tasks }) => ({
    tasks: tasks.map((task) => (task.id === 't2' ? { ...task, done: false } : task)),
  }))
  setAt(b, TODO_SHAPE, ['tasks', 1, 'title'], 'Call Eve')
  sync(a, b)
  expect(todoState(b).tasks[1]).toEqual({ id: 't2', title: 'Call Eve', done: false })
})

test('[DOC70] C7: a counter adds up, also while the server compacts it', () => {
  const [a, b] = pair()
  const server = replicaOf(a)
  run(a, ({ finished }) => ({ finished: finished - 3 }))
  sync(a, b, server)
  run(a, ({ finished }) => ({ finished: finished + 1 }))
  run(b, ({ finished }) => ({ finished: finished + 1 }))
  run(b, ({ finished }) => ({ finished: finished + 5 }))
  applyUpdates(server, [bytesOf(b)], 'sync')
  expect(compactCounters(server, TODO_SHAPE, 1)).toBe(true)
  run(a, ({ finished }) => ({ finished: finished - 2 }))
  sync(a, b, server)
  expect([a, b, server].map((doc) => todoState(doc).finished)).toEqual([5, 5, 5])
})

test('[DOC70] C8: A assigns old text and a suffix, B types in the middle', () => {
  const [a, b] = pair()
  run(a, ({ notes }) => ({ notes: `${notes}\n- item` }))
  textAt(b, 'notes')?.insert(9, 'all ')
  sync(a, b)
  expect(todoState(a).notes).toBe('Remember all the\nreceipts\n- item')
})

test('[DOC70] C9: a handler with three writes makes exactly one update; observers run once', () => {
  const doc = newPanel()
  let observed = 0
  doc.getMap('state').observeDeep(() => observed++)
  const updates = updatesOf(doc, () =>
    run(doc, ({ tasks, finished, notes }) => ({
      tasks: [...tasks, { id: 't4' }],
      finished: finished + 1,
      notes: `${notes}!`,
    })),
  )
  expect([updates.length, observed]).toEqual([1, 1])
})

test('[DOC70] C12: keys set in different order are presented in the same one', () => {
  const [a, b] = pair()
  for (const key of ['x', 'a', '10', 'm', '9']) setAt(a, TODO_SHAPE, ['settings', key], 1)
  for (const key of ['m', '9', 'x', 'Z', 'a']) setAt(b, TODO_SHAPE, ['settings', key], 1)
  sync(a, b)
  const keys = (doc: Y.Doc) => Object.keys(todoState(doc).settings)
  expect(keys(a)).toEqual(['9', '10', 'Z', 'a', 'columns', 'm', 'theme', 'x'])
  expect(keys(b)).toEqual(keys(a))
})

test('[DOC70] C14: number becomes counter while another increments the number', () => {
  const [a, b] = pair()
  setAt(a, TODO_SHAPE, ['points'], 5)
  sync(a, b)
  const states = TODO_SHAPE.kind === 'declared' ? new Map(TODO_SHAPE.states) : new Map()
  states.set('points', { ...states.get('points'), type: 'counter', default: 0 })
  const shape = { kind: 'declared' as const, states }
  a.transact(() => assignState(a, shape, { ...readState(a, shape), points: 2 }))
  setAt(b, TODO_SHAPE, ['points'], 6)
  expect(readState(a, shape).points).toBe(2)
  sync(a, b)
  expect(readState(a, shape)).toEqual(readState(b, shape))
  expect(Number.isInteger(readState(a, shape).points)).toBe(true)
})

test('[DOC70] C16: A undoes her run after B edited another item; B’s change stays', () => {
  const [a, b] = pair()
  const undo = new Y.UndoManager(a.getMap('state'), { trackedOrigins: new Set(['tool:test']) })
  run(a, ({ tasks }) => ({ tasks: tasks.filter(({ id }) => id !== 't1'), title: 'By A' }))
  sync(a, b)
  setAt(b, TODO_SHAPE, ['tasks', 1, 'done'], true, 'bind:tasks')
  sync(a, b)
  undo.undo()
  sync(a, b)
  expect(todoState(b)).toMatchObject({ title: 'Tasks' })
  expect(todoState(b).tasks.map(({ id, done }) => [id, done])).toEqual([
    ['t1', false],
    ['t2', true],
    ['t3', true],
  ])
})
