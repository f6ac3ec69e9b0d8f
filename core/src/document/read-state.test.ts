import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import type { Json } from '../model/json.ts'
import { applyJsonPatch } from './apply-json-patch.ts'
import { assignState } from './assign-state.ts'
import { observeJsonPatch } from './observe-json-patch.ts'
import { panelJson, readSource, readState } from './read-state.ts'
import { applyReference } from './reference-patch.ts'
import { newPanel, replicaOf, TODO_MODEL, TODO_SHAPE, todoState } from './sample-panels.ts'
import { FREE_FORM, FREE_FORM_MODEL } from './shape.ts'

describe('what is shown', () => {
  test('[DOC01] every declared shared state, with its keys sorted; local, undeclared ones are not', () => {
    const doc = newPanel()
    doc.getMap('state').set('undeclared', 1)
    doc.getMap('state').set('draft', 'stored by mistake')
    expect(Object.keys(readState(doc, TODO_SHAPE))).toEqual([
      'finished',
      'notes',
      'open',
      'points',
      'settings',
      'tasks',
      'title',
    ])
  })

  test('[DOC02] an empty document shows the defaults', () => {
    expect(readState(new Y.Doc(), TODO_SHAPE)).toEqual(readState(newPanel(), TODO_SHAPE))
    expect(panelJson(new Y.Doc(), TODO_MODEL).$computed).toEqual({ count: 3, keys: 'columns,theme' })
  })

  test('[DOC02] what is stored in the wrong way reads as the default', () => {
    const doc = newPanel()
    const state = doc.getMap('state')
    for (const name of ['title', 'points', 'open', 'tasks', 'settings', 'notes', 'finished']) {
      state.set(name, name === 'title' ? new Y.Text('text') : 'wrong')
    }
    state.set('points', Number.NaN)
    expect(readState(doc, TODO_SHAPE)).toEqual(readState(newPanel(), TODO_SHAPE))
  })

  test('[DOC03] reading the default and changing what was read changes no later reading', () => {
    const doc = new Y.Doc()
    ;(readState(doc, TODO_SHAPE).tasks as Json[]).push('mine')
    expect(todoState(doc).tasks).toHaveLength(3)
  })

  test('[DOC04] a counter ignores what is no whole number', () => {
    const doc = newPanel()
    ;(doc.getMap('state').get('finished') as Y.Array<unknown>).push(['x', 1.5, null, new Y.Map(), 4])
    expect(todoState(doc).finished).toBe(7)
  })

  test('[DOC05] lone surrogates read the same for their author as for everybody else', () => {
    const doc = new Y.Doc()
    doc.getMap('state').set('x \ud800', '\udc00')
    expect(readState(doc, FREE_FORM)).toEqual({ 'x \ufffd': '\ufffd' })
    expect(readState(replicaOf(doc), FREE_FORM)).toEqual(readState(doc, FREE_FORM))
  })

  test('[DOC06] the source is null when there is none', () => {
    expect(readSource(new Y.Doc())).toBeNull()
    expect(readSource(newPanel())).toBe('<NexusPanel/>')
  })

  test('[DOC07] containers below 32 levels read as null', () => {
    const doc = new Y.Doc()
    let list = new Y.Array<unknown>()
    doc.getMap('state').set('deep', list)
    doc.transact(() => {
      for (let level = 0; level < 5_000; level++) {
        const inner = new Y.Array<unknown>()
        list.push([inner])
        list = inner
      }
    })
    expect(JSON.stringify(readState(doc, FREE_FORM).deep)).toBe(`${'['.repeat(32)}null${']'.repeat(32)}`)
  })
})

/** Yjs takes no bigint and no `undefined` as an item. */
const asItem = (stored: () => unknown): unknown => {
  const value = stored()
  return typeof value === 'bigint' || value === undefined ? null : value
}

/** Anything a client could store, JSON or not. */
const someStored: fc.Arbitrary<() => unknown> = fc.letrec<{ any: () => unknown }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', maxDepth: 3 },
    fc.constantFrom<(() => unknown)[]>(
      () => undefined,
      () => null,
      () => 1,
      () => -0,
      () => Number.NaN,
      () => 12345678901234567890n,
      () => 'text',
      () => new Uint8Array([1, 2]),
      () => ({ plain: { list: [1, { a: undefined }] } }),
      () => [1, [2], { b: 1 }],
      () => new Y.Text('a text'),
      () => new Y.XmlText('xml text'),
      () => new Y.XmlElement('div'),
      () => new Y.XmlFragment(),
      () => new Y.Doc(),
    ),
    fc.array(tie('any'), { maxLength: 3 }).map((items) => () => {
      const list = new Y.Array<unknown>()
      list.push(items.map(asItem))
      return list
    }),
    fc
      .array(fc.tuple(fc.constantFrom('a', 'b', 'id', '__proto__'), tie('any')), { maxLength: 3 })
      .map((members) => () => new Y.Map(members.map(([key, value]) => [key, value()]))),
  ),
})).any

const NAMES = ['title', 'points', 'open', 'tasks', 'settings', 'notes', 'finished', 'a', '__proto__']

describe('hostile content', () => {
  test('[DOC08] nothing that Yjs can hold makes reading, telling or writing fail', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...NAMES), someStored), { minLength: 1, maxLength: 6 }),
        (writes) => {
          const doc = newPanel()
          for (const [shape, model] of [
            [TODO_SHAPE, TODO_MODEL],
            [FREE_FORM, FREE_FORM_MODEL],
          ] as const) {
            let folded: Json = panelJson(doc, model)
            const stop = observeJsonPatch(doc, model, (patch) => {
              folded = applyReference(folded, patch)
            })
            for (const [name, stored] of writes) {
              storeDeep(doc.getMap('state'), name, stored)
              expect(folded).toEqual(panelJson(doc, model))
            }
            expect(readState(replicaOf(doc), shape)).toEqual(readState(doc, shape))
            applyJsonPatch(doc, model, [
              { op: 'replace', path: '/$state/settings', value: { a: [{ id: 1 }] } },
            ])
            applyJsonPatch(doc, model, [{ op: 'replace', path: '/$state/settings/a/0/id', value: 2 }])
            const target = { ...readState(newPanel(), TODO_SHAPE), notes: 'new', tasks: [1], finished: 8 }
            doc.transact(() => assignState(doc, shape, target))
            expect(readState(doc, shape)).toEqual(target)
            expect(folded).toEqual(panelJson(doc, model))
            stop()
          }
        },
      ),
      { numRuns: 150 },
    )
  })

  test('[DOC08] list items in a map, map members in a list, and embedded objects in a text do no harm', () => {
    const doc = newPanel()
    const notes = doc.getMap('state').get('notes') as Y.Text
    notes.insertEmbed(3, { image: 'x' })
    notes.format(0, 5, { bold: true })
    notes.setAttribute('kind', 'odd')
    doc.getText('nxml').insertEmbed(0, { image: 'x' })
    expect(todoState(doc).notes).toBe('Remember the\nreceipts')
    applyJsonPatch(doc, TODO_MODEL, [
      { op: 'replace', path: '/$state/notes', value: 'Remember all the\nreceipts' },
    ])
    expect(todoState(doc).notes).toBe('Remember all the\nreceipts')
    expect(notes.length).toBe('Remember all the\nreceipts'.length + 1)
  })
})

/** Stores at the top, and into the first container that stands there already. */
function storeDeep(state: Y.Map<unknown>, name: string, stored: () => unknown): void {
  const there = state.get(name)
  if (there instanceof Y.Map) there.set('a', stored())
  else if (there instanceof Y.Array && there.length > 0) there.insert(1, [asItem(stored)])
  else if (there instanceof Y.XmlFragment) there.insert(0, [new Y.XmlElement('p')])
  else state.set(name, stored())
}
