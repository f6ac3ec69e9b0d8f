// Panels, replicas and random values for the tests of this folder.
import fc from 'fast-check'
import * as Y from 'yjs'
import type { Json, JsonObject } from '../model/json.ts'
import { applyUpdates } from './build-document.ts'
import { createPanelUpdate } from './initial-update.ts'
import { readState } from './read-state.ts'
import {
  FREE_FORM,
  type PanelModel,
  type PanelShape,
  type StateDeclaration,
  type StateType,
} from './shape.ts'

export const state = (name: string, type: StateType, value: Json, more: Partial<StateDeclaration> = {}) => ({
  name,
  type,
  scope: 'shared' as const,
  default: value,
  identityField: 'id',
  ...more,
})

export const shapeOf = (...declarations: StateDeclaration[]): PanelShape => ({
  kind: 'declared',
  states: new Map(declarations.map((declaration) => [declaration.name, declaration])),
})

/** One state of every type, and a local one. */
export const TODO_SHAPE = shapeOf(
  state('title', 'string', 'Tasks'),
  state('points', 'number', 1),
  state('open', 'boolean', true),
  state('tasks', 'list', [
    { id: 't1', title: 'Buy milk', done: false },
    { id: 't2', title: 'Call Bob', done: true },
    { id: 't3', title: 'Pay rent', done: false },
  ]),
  state('settings', 'object', { theme: 'light', columns: ['a', 'b'] }),
  state('notes', 'text', 'Remember the\nreceipts'),
  state('finished', 'counter', 3),
  state('draft', 'string', '', { scope: 'local' }),
)

/** Computes how many tasks are open, and what the keys of the settings are, in their order. */
export const TODO_MODEL: PanelModel = {
  shape: TODO_SHAPE,
  computed: ({ tasks, settings }) => ({
    count: Array.isArray(tasks) ? tasks.length : -1,
    keys: Object.keys(settings as JsonObject).join(),
  }),
}

/** A panel with its first update. */
export const newPanel = (shape: PanelShape = TODO_SHAPE, initialState?: JsonObject): Y.Doc =>
  replicaOf(
    createPanelUpdate({
      panelId: 'p1',
      source: shape === FREE_FORM ? null : '<NexusPanel/>',
      shape,
      ...(initialState && { initialState }),
    }),
  )

/** A replica that has seen these updates (or everything another replica has). */
export function replicaOf(...sources: (Y.Doc | Uint8Array)[]): Y.Doc {
  const doc = new Y.Doc()
  const updates = sources.map((source) => (source instanceof Y.Doc ? Y.encodeStateAsUpdate(source) : source))
  applyUpdates(doc, updates, 'sync')
  return doc
}

/** Everybody gets everything. */
export function sync(...docs: Y.Doc[]): void {
  const updates = docs.map((doc) => Y.encodeStateAsUpdate(doc))
  for (const doc of docs) applyUpdates(doc, updates, 'sync')
}

/** The updates a document sends while `write` runs. */
export function updatesOf(doc: Y.Doc, write: () => void): Uint8Array[] {
  const updates: Uint8Array[] = []
  const keep = (update: Uint8Array) => updates.push(update)
  doc.on('update', keep)
  write()
  doc.off('update', keep)
  return updates
}

export const bytesOf = (doc: Y.Doc): Uint8Array => Y.encodeStateAsUpdate(doc)

export const todoState = (doc: Y.Doc) =>
  readState(doc, TODO_SHAPE) as {
    title: string
    points: number
    open: boolean
    tasks: JsonObject[]
    settings: JsonObject
    notes: string
    finished: number
  }

const KEYS = ['a', 'b', 'id', '0', 'x/y', 'm~n', '__proto__', 'constructor', 'é']

export const someKey = fc.constantFrom(...KEYS)

const scalar: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json[]>(null, true, false, 0, 1, -2.5, '', 'x', '😀', '\u0000', 1e21),
  fc.integer({ min: -3, max: 3 }),
  fc.string({ maxLength: 4 }),
)

const objectOf = (entries: [string, Json][]): JsonObject => Object.fromEntries(entries)

export const { json: someJson, object: someObject } = fc.letrec<{
  json: Json
  object: JsonObject
  list: Json[]
}>((tie) => ({
  json: fc.oneof({ depthSize: 'small', maxDepth: 3 }, scalar, tie('object'), tie('list')),
  object: fc.array(fc.tuple(someKey, tie('json')), { maxLength: 4 }).map(objectOf),
  list: fc.array(tie('json'), { maxLength: 5 }),
}))

/** Items as panels have them: some with an identity, some without, some no objects at all. */
export const someItem: fc.Arbitrary<Json> = fc.oneof(
  fc.record({
    id: fc.integer({ min: 0, max: 6 }),
    v: fc.integer({ min: 0, max: 2 }),
  }) as fc.Arbitrary<JsonObject>,
  fc.record({ v: fc.integer({ min: 0, max: 2 }) }) as fc.Arbitrary<JsonObject>,
  fc.integer({ min: 0, max: 3 }),
  fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 2 }) as fc.Arbitrary<Json[]>,
)

export const someList: fc.Arbitrary<Json[]> = fc.array(someItem, { maxLength: 8 })
