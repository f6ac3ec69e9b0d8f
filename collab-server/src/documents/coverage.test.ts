import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { coverageOf, isCovered } from './coverage.ts'

const touchedBy = (update: Uint8Array) => coverageOf(Y.decodeUpdate(update))

const twoEdits = () => {
  const doc = new Y.Doc()
  const updates: Uint8Array[] = []
  doc.on('update', (update: Uint8Array) => updates.push(update))
  doc.getText('nxml').insert(0, 'ab')
  doc.getText('nxml').insert(2, 'c')
  const [first, second] = updates
  if (first === undefined || second === undefined) throw new Error('There are two updates.')
  return { doc, first, second }
}

test('[COL3] an edit is covered once it and what it builds on have been applied', () => {
  const { first, second } = twoEdits()
  const server = new Y.Doc()
  Y.applyUpdate(server, second)
  expect(isCovered(server, touchedBy(second))).toBe(false)
  Y.applyUpdate(server, first)
  expect(isCovered(server, touchedBy(second))).toBe(true)
})

test('[COL3] a deletion is covered once what it deletes is known', () => {
  const { doc, first, second } = twoEdits()
  const before = Y.encodeStateVector(doc)
  doc.getText('nxml').delete(0, 3)
  const deletion = Y.encodeStateAsUpdate(doc, before)
  const server = new Y.Doc()
  Y.applyUpdate(server, first)
  expect(isCovered(server, touchedBy(deletion))).toBe(false)
  Y.applyUpdate(server, second)
  expect(isCovered(server, touchedBy(deletion))).toBe(true)
})
