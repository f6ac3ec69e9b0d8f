import type { Random } from '@nexus/core/testkit'
import type * as Y from 'yjs'

/** Where an edit's key stands, once, for ever. */
const keysIn = (doc: Y.Doc): Y.Array<string> => doc.getArray('keys')
const membersIn = (doc: Y.Doc): Y.Map<number> => doc.getMap('members')

export const keyList = (doc: Y.Doc): string[] => keysIn(doc).toArray()
export const hasMember = (doc: Y.Doc, key: string): boolean => membersIn(doc).has(key)

/** What the document says, for comparing two. */
export const contentOf = (doc: Y.Doc): unknown => ({
  keys: keysIn(doc).toJSON(),
  members: membersIn(doc).toJSON(),
  text: doc.getText('nxml').toString(),
  state: doc.getMap('state').toJSON(),
  rows: doc.getArray('rows').toJSON(),
})

/** One update: a key that stays, and something that may be overwritten or deleted by anybody. */
export function makeEdit(doc: Y.Doc, key: string, random: Random): void {
  doc.transact(() => {
    const keys = keysIn(doc)
    keys.insert(random.below(keys.length + 1), [key])
    membersIn(doc).set(key, keys.length)
    random.pick([type, erase, overwrite, insertRow, deleteRow, nothing])(doc, random)
  })
}

function type(doc: Y.Doc, random: Random): void {
  const text = doc.getText('nxml')
  text.insert(random.below(text.length + 1), 'word ')
}

function erase(doc: Y.Doc, random: Random): void {
  const text = doc.getText('nxml')
  if (text.length > 0) text.delete(random.below(text.length), 1)
}

function overwrite(doc: Y.Doc, random: Random): void {
  const state = doc.getMap('state')
  const name = `name${random.below(4)}`
  if (random.below(3) === 0) state.delete(name)
  else state.set(name, random.below(1_000))
}

function insertRow(doc: Y.Doc, random: Random): void {
  const rows = doc.getArray('rows')
  rows.insert(random.below(rows.length + 1), [random.below(1_000)])
}

function deleteRow(doc: Y.Doc, random: Random): void {
  const rows = doc.getArray('rows')
  if (rows.length > 0) rows.delete(random.below(rows.length), 1)
}

function nothing(): void {}
