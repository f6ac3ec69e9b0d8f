import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import type { Json, JsonObject } from '../model/json.ts'
import { applyJsonPatch } from './apply-json-patch.ts'
import { assignState } from './assign-state.ts'
import { applyUpdates } from './build-document.ts'
import type { JsonPatchOperation } from './json-patch.ts'
import { observeJsonPatch, type PatchInfo } from './observe-json-patch.ts'
import { panelJson } from './read-state.ts'
import { applyReference } from './reference-patch.ts'
import {
  bytesOf,
  newPanel,
  replicaOf,
  shapeOf,
  someList,
  someObject,
  state,
  TODO_MODEL,
  TODO_SHAPE,
  todoState,
} from './sample-panels.ts'
import { FREE_FORM, FREE_FORM_MODEL, type PanelModel } from './shape.ts'

/** Collects patches, and the JSON that folding them gives. */
function watch(doc: Y.Doc, model: PanelModel | (() => PanelModel)) {
  const modelNow = typeof model === 'function' ? model : () => model
  const told: { patch: JsonPatchOperation[]; info: PatchInfo }[] = []
  const watched = { told, folded: panelJson(doc, modelNow()) as Json, stop: () => {} }
  watched.stop = observeJsonPatch(doc, model, (patch, info) => {
    watched.folded = applyReference(watched.folded, patch)
    told.push({ patch, info: { ...info } })
  })
  return watched
}

const patches = (watched: ReturnType<typeof watch>) => watched.told.map(({ patch }) => patch)

describe('what is told', () => {
  test('[DOC40] an edit is told as the operation it is, with what is computed from it', () => {
    const doc = newPanel()
    const watched = watch(doc, TODO_MODEL)
    applyJsonPatch(
      doc,
      TODO_MODEL,
      [{ op: 'replace', path: '/$state/tasks/1/done', value: false }],
      'patch:x',
    )
    applyJsonPatch(doc, TODO_MODEL, [{ op: 'add', path: '/$state/tasks/1', value: { id: 'new' } }])
    applyJsonPatch(doc, TODO_MODEL, [{ op: 'increment', path: '/$state/finished', value: 2 }])
    applyJsonPatch(doc, TODO_MODEL, [{ op: 'replace', path: '/$state/notes', value: 'Remember' }])
    applyJsonPatch(doc, TODO_MODEL, [{ op: 'add', path: '/$state/settings/new', value: [1] }])
    expect(patches(watched)).toEqual([
      [{ op: 'replace', path: '/$state/tasks/1/done', value: false }],
      [
        { op: 'add', path: '/$state/tasks/1', value: { id: 'new' } },
        { op: 'replace', path: '/$computed/count', value: 4 },
      ],
      [{ op: 'replace', path: '/$state/finished', value: 5 }],
      [{ op: 'replace', path: '/$state/notes', value: 'Remember' }],
      [
        { op: 'add', path: '/$state/settings/new', value: [1] },
        { op: 'replace', path: '/$computed/keys', value: 'columns,new,theme' },
      ],
    ])
    expect(watched.told[0]?.info).toMatchObject({ origin: 'patch:x', local: true })
  })

  test('[DOC40] updates of others are told once each, with the origin they were applied with', () => {
    const doc = newPanel()
    const other = replicaOf(doc)
    applyJsonPatch(other, TODO_MODEL, [{ op: 'replace', path: '/$state/title', value: 'A' }])
    applyJsonPatch(other, TODO_MODEL, [{ op: 'replace', path: '/$state/title', value: 'B' }])
    const watched = watch(doc, TODO_MODEL)
    applyUpdates(doc, [bytesOf(other)], 'log')
    applyUpdates(doc, [bytesOf(other)], 'log')
    expect(patches(watched)).toEqual([[{ op: 'replace', path: '/$state/title', value: 'B' }]])
    expect(watched.told[0]?.info).toMatchObject({ origin: 'log', local: false })
  })

  test('[DOC47] many new keys at once are told in the time they take to read, and sorted', () => {
    const doc = newPanel(FREE_FORM, { m: {} })
    const told: JsonPatchOperation[][] = []
    const names = Array.from({ length: 50_000 }, (_, at) => `k${(at * 7_919) % 50_000}`)
    let shown: JsonObject = {}
    const stop = observeJsonPatch(doc, FREE_FORM_MODEL, (patch, { panel }) => {
      told.push(patch)
      shown = panel.$state
    })
    const began = performance.now()
    doc.transact(() => {
      const inner = doc.getMap('state').get('m')
      for (const name of names) {
        doc.getMap('state').set(name, 1)
        if (inner instanceof Y.Map) inner.set(name, 1)
      }
    })
    expect(performance.now() - began).toBeLessThan(10_000)
    stop()
    expect(told.map((patch) => patch.length)).toEqual([100_000])
    expect(JSON.stringify(shown)).toBe(JSON.stringify(panelJson(doc, FREE_FORM_MODEL).$state))
  })

  test('[DOC41] nothing is told that cannot be read: undeclared keys, other roots, equal values', () => {
    const doc = newPanel()
    const watched = watch(doc, TODO_MODEL)
    doc.getMap('state').set('hidden', new Y.Map([['x', 1]]))
    doc.getMap('elsewhere').set('x', 1)
    doc.getText('nxml').insert(0, ' ')
    doc.getMap('state').set('title', 'Tasks')
    ;(doc.getMap('state').get('hidden') as Y.Map<unknown>).set('x', 2)
    expect(patches(watched)).toEqual([])
  })

  test('[DOC41] after stopping, nothing is told', () => {
    const doc = newPanel()
    const watched = watch(doc, TODO_MODEL)
    watched.stop()
    applyJsonPatch(doc, TODO_MODEL, [{ op: 'replace', path: '/$state/title', value: 'A' }])
    expect(patches(watched)).toEqual([])
  })

  test('[DOC42] a declared state that goes missing or wrong is told with its default', () => {
    const doc = newPanel()
    const watched = watch(doc, TODO_MODEL)
    doc.transact(() => applyJsonPatch(doc, TODO_MODEL, [{ op: 'replace', path: '/$state/points', value: 7 }]))
    doc.getMap('state').set('points', 'wrong')
    doc.getMap('state').set('tasks', new Y.Map([['not', 'a list']]))
    ;(doc.getMap('state').get('tasks') as Y.Map<unknown>).set('still', 'not')
    doc.getMap('state').delete('settings')
    expect(watched.folded).toEqual(panelJson(doc, TODO_MODEL))
    expect(todoState(doc).points).toBe(1)
  })

  test('[DOC43] when the source changes what the panel declares, the difference is told', () => {
    const doc = newPanel()
    const wide: PanelModel = {
      shape: shapeOf(state('title', 'string', ''), state('extra', 'number', 4)),
      computed: () => ({ c: 1 }),
    }
    const modelNow = () => (doc.getText('nxml').toString().includes('extra') ? wide : TODO_MODEL)
    const watched = watch(doc, modelNow)
    doc.getText('nxml').insert(0, 'extra')
    expect(watched.folded).toEqual({ $state: { title: 'Tasks', extra: 4 }, $computed: { c: 1 } })
    applyJsonPatch(doc, wide, [{ op: 'increment', path: '/$state/extra', value: 1 }])
    expect(watched.folded).toEqual(panelJson(doc, wide))
  })

  test('[DOC44] a listener elsewhere that writes while changes are told does not confuse the patches', () => {
    const doc = newPanel()
    const tasks = doc.getMap('state').get('tasks') as Y.Array<unknown>
    tasks.observe((_event, transaction) => {
      if (transaction.origin !== 'reaction') doc.transact(() => tasks.push([{ id: 'reaction' }]), 'reaction')
    })
    const watched = watch(doc, TODO_MODEL)
    applyJsonPatch(doc, TODO_MODEL, [{ op: 'add', path: '/$state/tasks/0', value: 1 }])
    applyJsonPatch(doc, TODO_MODEL, [{ op: 'remove', path: '/$state/tasks/2' }])
    expect(watched.folded).toEqual(panelJson(doc, TODO_MODEL))
    expect(todoState(doc).tasks).toHaveLength(5)
  })

  test('[DOC45] what has not changed is shared between the panels told, not copied', () => {
    const doc = newPanel(TODO_SHAPE, {
      tasks: Array.from({ length: 2_000 }, (_, id) => ({ id, title: `task ${id}` })),
    })
    const watched = watch(doc, TODO_MODEL)
    const before = watched.told.length
    applyJsonPatch(doc, TODO_MODEL, [{ op: 'replace', path: '/$state/tasks/1999/title', value: 'x' }])
    applyJsonPatch(doc, TODO_MODEL, [{ op: 'replace', path: '/$state/tasks/1999/title', value: 'y' }])
    const [first, second] = watched.told.slice(before)
    const tasksOf = (info: PatchInfo | undefined) => info?.panel.$state.tasks as Json[]
    expect(tasksOf(first?.info)[1_998]).toBe(tasksOf(second?.info)[1_998])
    expect(tasksOf(second?.info)[1_999]).toEqual({ id: 1_999, title: 'y' })
  })
})

describe('random edits', () => {
  test('[DOC46] folding the patches over the old JSON gives the new one, key order included (free-form)', () => {
    fc.assert(
      fc.property(
        someObject,
        fc.array(fc.array(someObject, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 4 }),
        (first, transactions) => {
          const doc = newPanel(FREE_FORM, first)
          const watched = watch(doc, FREE_FORM_MODEL)
          for (const states of transactions) {
            doc.transact(() => {
              for (const next of states) assignState(doc, FREE_FORM, next)
            })
            expect(watched.folded).toEqual(panelJson(doc, FREE_FORM_MODEL))
            const panel = watched.told.at(-1)?.info.panel ?? panelJson(doc, FREE_FORM_MODEL)
            expect(JSON.stringify(panel)).toBe(JSON.stringify(panelJson(doc, FREE_FORM_MODEL)))
          }
        },
      ),
      { numRuns: 300 },
    )
  })

  test('[DOC46] folding the patches over the old JSON gives the new one (merging other people’s updates)', () => {
    const someEdit = fc.record({
      who: fc.nat({ max: 1 }),
      list: someList,
      settings: someObject,
      notes: fc.string({ maxLength: 6 }),
      by: fc.integer({ min: -2, max: 2 }),
    })
    fc.assert(
      fc.property(fc.array(someEdit, { minLength: 1, maxLength: 6 }), fc.boolean(), (edits, inOne) => {
        const doc = newPanel()
        const others = [replicaOf(doc), replicaOf(doc)]
        const watched = watch(doc, TODO_MODEL)
        for (const { who, list, settings, notes, by } of edits) {
          const other = others[who] as Y.Doc
          const now = todoState(other) as unknown as JsonObject
          const next = { ...now, tasks: list, settings, notes, finished: Number(now.finished) + by }
          other.transact(() => assignState(other, TODO_SHAPE, next))
          if (!inOne) applyUpdates(doc, [bytesOf(other)], 'log')
          expect(watched.folded).toEqual(panelJson(doc, TODO_MODEL))
        }
        applyUpdates(doc, others.map(bytesOf), 'log')
        expect(watched.folded).toEqual(panelJson(doc, TODO_MODEL))
      }),
      { numRuns: 200 },
    )
  })
})
