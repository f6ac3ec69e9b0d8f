import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import type { Json } from '../model/json.ts'
import { assignState } from './assign-state.ts'
import { compactCounters } from './compact-counters.ts'
import { readState } from './read-state.ts'
import { reconcileState } from './reconcile-state.ts'
import {
  newPanel,
  replicaOf,
  shapeOf,
  state,
  sync,
  TODO_SHAPE,
  todoState,
  updatesOf,
} from './sample-panels.ts'
import { setAt } from './set-at.ts'
import type { StateType } from './shape.ts'

const DEFAULTS: Record<StateType, Json> = {
  string: 'default',
  number: 77,
  boolean: true,
  list: ['default'],
  object: { default: 1 },
  text: 'default text',
  counter: 7,
}
const one = (type: StateType) => shapeOf(state('x', type, DEFAULTS[type]))

describe('reconciliation', () => {
  test.each<[StateType, Json, StateType, Json]>([
    ['string', 'hello', 'text', 'hello'],
    ['text', 'hello', 'string', 'hello'],
    ['number', 2.6, 'counter', 3],
    ['counter', 5, 'number', 5],
    ['number', 1.5, 'string', '1.5'],
    ['boolean', false, 'string', 'false'],
    ['string', ' 1e3 ', 'number', 1000],
    ['string', '12 apples', 'number', 77],
    ['string', 'Yes', 'boolean', true],
    ['string', 'off', 'boolean', false],
    ['string', 'maybe', 'boolean', true],
    ['list', [1, 2], 'counter', 7],
    ['counter', 3, 'list', ['default']],
    ['list', [1], 'object', { default: 1 }],
    ['object', { a: 1 }, 'string', 'default'],
    ['number', 1, 'text', 'default text'],
  ])('[DOC75] %s %j → %s: %j', (from, value, to, expected) => {
    const doc = newPanel(one(from), { x: value })
    expect(reconcileState(doc, one(to), one(from))).toBe(true)
    expect(readState(doc, one(to))).toEqual({ x: expected })
    expect(reconcileState(doc, one(to), one(to))).toBe(false)
  })

  test('[DOC75] an added state gets its default; a removed one stays, invisible, and comes back', () => {
    const doc = newPanel(one('string'), { x: 'mine' })
    const without = shapeOf(state('y', 'list', [1]))
    reconcileState(doc, without, one('string'))
    expect(readState(doc, without)).toEqual({ y: [1] })
    expect(doc.getMap('state').get('y')).toBeInstanceOf(Y.Array)
    expect(reconcileState(doc, one('string'), without)).toBe(false)
    expect(readState(doc, one('string'))).toEqual({ x: 'mine' })
  })

  test('[DOC75] a changed default touches nothing, a state that was local gets its default', () => {
    const doc = newPanel(one('string'), { x: 'mine' })
    expect(reconcileState(doc, shapeOf(state('x', 'string', 'new default')), one('string'))).toBe(false)
    reconcileState(doc, one('string'), shapeOf(state('x', 'string', '', { scope: 'local' })))
    expect(readState(doc, one('string'))).toEqual({ x: 'default' })
  })

  test('[DOC76] several servers that reconcile the same change write the same; work put on top of it survives', () => {
    const server = newPanel(one('string'), { x: 'hello' })
    const docs = [replicaOf(server), replicaOf(server), replicaOf(server)]
    docs.forEach((doc, index) => {
      reconcileState(doc, one('text'), one('string'))
      doc.transact(() => assignState(doc, one('text'), { x: `hello${index}` }))
    })
    sync(...docs)
    const texts = docs.map((doc) => String(readState(doc, one('text')).x))
    expect(new Set(texts).size).toBe(1)
    expect([...(texts[0] ?? '')].sort().join('')).toBe('012ehllo')
  })

  test('[DOC76] C13: pushing to a state before its reconciliation makes no second container', () => {
    const a = newPanel(one('string'))
    const server = replicaOf(a)
    const shape = shapeOf(state('x', 'string', 'default'), state('tasks', 'list', [{ id: 1 }]))
    a.transact(() => assignState(a, shape, { x: 'default', tasks: [{ id: 1 }, { id: 2 }] }))
    reconcileState(server, shape)
    setAt(server, shape, ['tasks', 0, 'done'], true)
    sync(a, server)
    expect(readState(a, shape).tasks).toEqual([{ id: 1, done: true }, { id: 2 }])
    expect(readState(server, shape)).toEqual(readState(a, shape))
  })
})

describe('compaction of counters', () => {
  test('[DOC77] long counters become one entry of the same value, short ones stay', () => {
    const doc = newPanel()
    const counter = doc.getMap('state').get('finished') as Y.Array<number>
    for (let count = 0; count < 600; count++) counter.push([1])
    expect(compactCounters(doc, TODO_SHAPE)).toBe(true)
    expect([counter.length, todoState(doc).finished]).toEqual([1, 603])
    expect(updatesOf(doc, () => expect(compactCounters(doc, TODO_SHAPE)).toBe(false))).toEqual([])
  })
})
