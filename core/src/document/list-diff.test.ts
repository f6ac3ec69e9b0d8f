import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type * as Y from 'yjs'
import type { Json, JsonObject } from '../model/json.ts'
import { applyJsonPatch } from './apply-json-patch.ts'
import { assignState } from './assign-state.ts'
import { jsonEquals } from './json-equality.ts'
import { keptItems } from './list-diff.ts'
import { readState } from './read-state.ts'
import { newPanel, replicaOf, shapeOf, someItem, someList, state, sync } from './sample-panels.ts'
import { FREE_FORM, FREE_FORM_MODEL } from './shape.ts'

const LIST = shapeOf(state('list', 'list', []))
const panelOf = (list: Json[]) => newPanel(LIST, { list })
const listIn = (doc: Y.Doc) => readState(doc, LIST).list
const assignList = (doc: Y.Doc, list: Json[]) => doc.transact(() => assignState(doc, LIST, { list }))

/** What a change did to the stored list: items removed and inserted, at which index. */
function operationsOf(doc: Y.Doc, write: () => void) {
  const list = doc.getMap('state').get('list') as Y.Array<unknown>
  let delta: { retain?: number; delete?: number; insert?: unknown }[] = []
  const note = (event: Y.YArrayEvent<unknown>) => {
    delta = event.changes.delta.map((step) => ({
      ...step,
      ...(Array.isArray(step.insert) && { insert: step.insert.length }),
    }))
  }
  list.observe(note)
  write()
  list.unobserve(note)
  return delta
}

const items = (...ids: string[]): JsonObject[] => ids.map((id) => ({ id, done: false }))

describe('the examples of the specification', () => {
  test('[DOC30] filter deletes one item and touches no other', () => {
    const doc = panelOf(items('a', 'b', 'c'))
    expect(operationsOf(doc, () => assignList(doc, items('b', 'c')))).toEqual([{ delete: 1 }])
  })

  test('[DOC30] map over the list sets one member', () => {
    const doc = panelOf(items('a', 'b', 'c'))
    const next = items('a', 'b', 'c').map((item) => (item.id === 'b' ? { ...item, done: true } : item))
    expect(operationsOf(doc, () => assignList(doc, next))).toEqual([])
    expect(listIn(doc)).toEqual(next)
  })

  test('[DOC30] sort moves only the item that is out of order', () => {
    const doc = panelOf(items('d', 'a', 'b', 'c'))
    expect(operationsOf(doc, () => assignList(doc, items('a', 'b', 'c', 'd')))).toEqual([
      { delete: 1 },
      { retain: 3 },
      { insert: 1 },
    ])
  })

  test('[DOC30] the identity field the view names is used', () => {
    const shape = shapeOf(state('list', 'list', [], { identityField: 'slug' }))
    const doc = newPanel(shape, {
      list: [
        { slug: 'x', n: 1 },
        { slug: 'y', n: 1 },
      ],
    })
    const kept = (doc.getMap('state').get('list') as Y.Array<unknown>).get(1)
    doc.transact(() => assignState(doc, shape, { list: [{ slug: 'y', n: 2 }] }))
    expect((doc.getMap('state').get('list') as Y.Array<unknown>).get(0)).toBe(kept)
  })

  test('[DOC30] a changed item without identity stays the same item', () => {
    const doc = panelOf([{ v: 1 }, [1, 2], { v: 3 }])
    const before = (doc.getMap('state').get('list') as Y.Array<unknown>).toArray()
    assignList(doc, [{ v: 2 }, [1, 2, 3], { v: 3 }])
    expect((doc.getMap('state').get('list') as Y.Array<unknown>).toArray()).toEqual(before)
  })
})

/** Length of a longest common subsequence by the textbook table; items are alike when `isAlike`. */
function longestCommon(before: readonly Json[], after: readonly Json[]): number {
  const row = new Array<number>(after.length + 1).fill(0)
  for (const old of before) {
    let diagonal = 0
    after.forEach((next, index) => {
      const above = row[index + 1] ?? 0
      row[index + 1] = jsonEquals(old, next) ? diagonal + 1 : Math.max(above, row[index] ?? 0)
      diagonal = above
    })
  }
  return row.at(-1) ?? 0
}

describe('random lists', () => {
  test('[DOC31] as many equal items stay as a longest common subsequence has', () => {
    const someWords = fc.array(fc.constantFrom<Json[]>('a', 'b', 'c', [1], { v: 1 }), { maxLength: 12 })
    fc.assert(
      fc.property(someWords, someWords, (before, after) => {
        const kept = keptItems(before, after)
        const equal = kept.filter((old, position) => old !== -1 && jsonEquals(before[old], after[position]))
        expect(equal.length).toBe(longestCommon(before, after))
        expect(kept.filter((old) => old !== -1)).toEqual(
          [...new Set(kept)].filter((old) => old !== -1).sort((a, b) => a - b),
        )
      }),
      { numRuns: 300 },
    )
  })

  test('[DOC32] the result is the target, on every replica', () => {
    fc.assert(
      fc.property(someList, fc.array(someList, { minLength: 1, maxLength: 4 }), (first, targets) => {
        const doc = panelOf(first)
        for (const target of targets) {
          assignList(doc, target)
          expect(listIn(doc)).toEqual(target)
        }
        expect(listIn(replicaOf(doc))).toEqual(targets.at(-1))
      }),
      { numRuns: 300 },
    )
  })

  test('[DOC33] items that stay keep what others do to them at the same time', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat({ max: 20 }), { minLength: 1, maxLength: 8 }),
        fc.array(fc.nat(), { maxLength: 4 }),
        fc.array(someItem, { maxLength: 3 }),
        fc.nat(),
        (ids, removed, added, edited) => {
          const before = ids.map((id) => ({ id: `i${id}`, v: 0, mark: 0 }))
          const a = panelOf(before)
          const b = replicaOf(a)
          const gone = new Set(removed.map((index) => index % ids.length))
          const rest = before.filter((_, index) => !gone.has(index))
          assignList(a, [...added, ...rest.map((item) => ({ ...item, v: 1 })), ...added])
          const index = edited % ids.length
          assignList(
            b,
            before.map((item, position) => (position === index ? { ...item, mark: 1 } : item)),
          )
          sync(a, b)
          const expected = rest.map((item) => ({
            ...item,
            v: 1,
            mark: item.id === before[index]?.id ? 1 : 0,
          }))
          expect(listIn(a)).toEqual([...added, ...expected, ...added])
          expect(listIn(b)).toEqual(listIn(a))
        },
      ),
      { numRuns: 200 },
    )
  })

  test('[DOC34] thousands of equal items, or of different ones, are compared in good time', () => {
    const zeros = panelOf(Array.from({ length: 5_000 }, () => 0))
    assignList(zeros, [1, ...Array.from({ length: 4_000 }, () => 0), 2, 0, 0])
    expect((listIn(zeros) as Json[]).length).toBe(4_004)
    const many = Array.from({ length: 5_000 }, (_, index) => ({ id: index, text: `item ${index}` }))
    const doc = panelOf(many)
    assignList(doc, [...many.slice(2_000), ...many.slice(0, 2_000)])
    expect(listIn(replicaOf(doc))).toEqual([...many.slice(2_000), ...many.slice(0, 2_000)])
  }, 10_000)
})

test('[DOC34] a state of very many members is no trouble', () => {
  const doc = newPanel(FREE_FORM)
  const many = Object.fromEntries(Array.from({ length: 130_000 }, (_, index) => [`k${index}`, 0]))
  expect(applyJsonPatch(doc, FREE_FORM_MODEL, [{ op: 'replace', path: '/$state', value: many }])).toBe(true)
  expect(readState(doc, FREE_FORM)).toEqual(many)
})
