import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { isTooDeep } from './nesting.ts'

const structsOf = (doc: Y.Doc) => Y.decodeUpdate(Y.encodeStateAsUpdate(doc)).structs

/** Maps in maps below `outer`; the innermost one. */
function nest(outer: Y.Map<unknown>, levels: number): Y.Map<unknown> {
  let inner = outer
  for (let level = 0; level < levels; level += 1) {
    const next = new Y.Map()
    inner.set('in', next)
    inner = next
  }
  return inner
}

test('[COL58] what panels allow is not too deep, however much there is of it', () => {
  const doc = new Y.Doc()
  nest(doc.getMap('state'), 32)
  doc.getArray('list').push(Array.from({ length: 5_000 }, () => new Y.Map()))
  expect(isTooDeep(new Y.Doc(), structsOf(doc))).toBe(false)
})

test('[COL58] thousands of types in one another are too deep', () => {
  const doc = new Y.Doc()
  doc.transact(() => nest(doc.getMap('state'), 20_000))
  expect(isTooDeep(new Y.Doc(), structsOf(doc))).toBe(true)
})

test('[COL58] a few levels on top of many that are there already are too deep', () => {
  const doc = new Y.Doc()
  const inner = nest(doc.getMap('state'), 60)
  const server = new Y.Doc()
  Y.applyUpdate(server, Y.encodeStateAsUpdate(doc))
  const before = Y.encodeStateVector(doc)
  nest(inner, 10)
  expect(isTooDeep(server, Y.decodeUpdate(Y.encodeStateAsUpdate(doc, before)).structs)).toBe(true)
})

test('[COL58] a type put beside a deep one is as deep as that one', () => {
  const doc = new Y.Doc()
  const list = new Y.Array()
  nest(doc.getMap('state'), 63).set('list', list)
  list.push([1])
  const server = new Y.Doc()
  Y.applyUpdate(server, Y.encodeStateAsUpdate(doc))
  const before = Y.encodeStateVector(doc)
  list.push([new Y.Map()])
  expect(isTooDeep(server, Y.decodeUpdate(Y.encodeStateAsUpdate(doc, before)).structs)).toBe(true)
})

test('[COL58] plain values are held to the same depth', () => {
  const deep = (levels: number): unknown => (levels === 0 ? 1 : [deep(levels - 1)])
  const docWith = (levels: number) => {
    const doc = new Y.Doc()
    doc.getMap('state').set('value', deep(levels))
    return doc
  }
  expect(isTooDeep(new Y.Doc(), structsOf(docWith(32)))).toBe(false)
  expect(isTooDeep(new Y.Doc(), structsOf(docWith(500)))).toBe(true)
})
