import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { hasTooManyRoots } from './root-names.ts'

const updateWith = (names: readonly string[]) => {
  const doc = new Y.Doc()
  for (const name of names) doc.getMap(name).set('key', 1)
  return Y.encodeStateAsUpdate(doc)
}
const structsWith = (names: readonly string[]) => Y.decodeUpdate(updateWith(names)).structs
const names = (count: number, prefix = 'root') => Array.from({ length: count }, (_, at) => `${prefix}${at}`)

test('[COL57] a document may have a hundred named roots, not more, also in portions', () => {
  const doc = new Y.Doc()
  expect(hasTooManyRoots(doc, structsWith(names(100)))).toBe(false)
  expect(hasTooManyRoots(doc, structsWith(names(101)))).toBe(true)
  Y.applyUpdate(doc, updateWith(names(60)))
  expect(hasTooManyRoots(doc, structsWith(names(40, 'other')))).toBe(false)
  expect(hasTooManyRoots(doc, structsWith(names(41, 'other')))).toBe(true)
})

test('[COL57] a document that has too many already can still be edited', () => {
  const doc = new Y.Doc()
  Y.applyUpdate(doc, updateWith(names(200)))
  expect(hasTooManyRoots(doc, structsWith(names(200)))).toBe(false)
  expect(hasTooManyRoots(doc, structsWith(['one more']))).toBe(true)
})
