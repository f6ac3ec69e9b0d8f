import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { applyUpdates } from './build-document.ts'
import { createPanelUpdate, createWorkspaceUpdate } from './initial-update.ts'
import { readSource, readState } from './read-state.ts'
import { replicaOf, shapeOf, someObject, state, TODO_SHAPE, todoState } from './sample-panels.ts'
import { FREE_FORM } from './shape.ts'

const create = (more: object = {}) =>
  createPanelUpdate({ panelId: 'p1', source: '<NexusPanel/>', shape: TODO_SHAPE, ...more })
const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const clientsOf = (update: Uint8Array) => [
  ...Y.decodeStateVector(Y.encodeStateVectorFromUpdate(update)).keys(),
]

describe('the first update', () => {
  test('[DOC80] holds the source and the defaults, states in source order', () => {
    const doc = replicaOf(create())
    expect(readSource(doc)).toBe('<NexusPanel/>')
    expect(readState(doc, TODO_SHAPE)).toEqual(readState(new Y.Doc(), TODO_SHAPE))
    expect([...doc.getMap('state').keys()]).toEqual([
      'title',
      'points',
      'open',
      'tasks',
      'settings',
      'notes',
      'finished',
    ])
    expect(doc.getMap('state').get('notes')).toBeInstanceOf(Y.Text)
    expect((doc.getMap('state').get('finished') as Y.Array<number>).toArray()).toEqual([3])
  })

  test('[DOC80] an initial state takes the place of defaults', () => {
    const doc = replicaOf(create({ initialState: { notes: 'mine', finished: 0, tasks: [] } }))
    expect(todoState(doc)).toMatchObject({ notes: 'mine', finished: 0, tasks: [], title: 'Tasks' })
  })

  test('[DOC81] bytes never change: these were made by the first release', () => {
    const shape = shapeOf(state('n', 'counter', 2), state('t', 'text', 'é'), state('l', 'list', [{ id: 1 }]))
    const update = createPanelUpdate({
      panelId: '0190c7a0-0000-7000-8000-000000000000',
      source: '<a/>',
      shape,
    })
    expect(hexOf(update)).toMatchInlineSnapshot(
      `"0108e1fe98a609000401046e786d6c043c612f3e2701057374617465016e000800e1fe98a60904017d0227010573746174650174020400e1fe98a6090602c3a92701057374617465016c000700e1fe98a60908012800e1fe98a60909026964017d0100"`,
    )
  })

  test('[DOC81] the client id is made of panel id and source, as the specification says', () => {
    const sha256 = (text: string) => createHash('sha256').update(text).digest()
    const expected = sha256(`nxml-init:1:p1:${sha256('<NexusPanel/>').toString('hex')}`).readUInt32BE(0)
    expect(clientsOf(create())).toEqual([expected])
    expect(clientsOf(create({ panelId: 'p2' }))).not.toEqual(clientsOf(create()))
    expect(clientsOf(create({ source: '<Other/>' }))).not.toEqual(clientsOf(create()))
    expect(clientsOf(create({ initialState: { points: 4 } }))).not.toEqual(clientsOf(create()))
    expect(clientsOf(create({ initialState: { points: 5 } }))).not.toEqual(
      clientsOf(create({ initialState: { points: 4 } })),
    )
  })

  test('[DOC82] free-form panels hold any JSON object, and are the same on every server', () => {
    fc.assert(
      fc.property(someObject, (initialState) => {
        const panel = { panelId: 'p', source: null, shape: FREE_FORM, initialState }
        const doc = replicaOf(createPanelUpdate(panel))
        expect(readState(doc, FREE_FORM)).toEqual(initialState)
        expect(readSource(doc)).toBeNull()
        const before = Y.encodeStateAsUpdate(doc)
        applyUpdates(doc, [createPanelUpdate(structuredClone(panel))], 'sync')
        expect(Y.encodeStateAsUpdate(doc)).toEqual(before)
      }),
      { numRuns: 100 },
    )
  })

  test.each([{ unknown: 1 }, { draft: 'x' }, { points: 'x' }, { finished: 0.5 }])(
    '[DOC83] refuses the initial state %j',
    (initialState) => {
      expect(() => create({ initialState })).toThrow(expect.objectContaining({ code: 'invalid_patch' }))
    },
  )

  test('[DOC83] a workspace document starts with an update that is the same everywhere', () => {
    const update = createWorkspaceUpdate('w1')
    expect(update.length).toBeGreaterThan(0)
    expect(update).toEqual(createWorkspaceUpdate('w2'))
    expect(() => replicaOf(update)).not.toThrow()
  })
})
