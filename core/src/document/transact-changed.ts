import type * as Y from 'yjs'

/** Runs `write` in one transaction. @returns Whether the document changed; when not, no update is sent. */
export function transactChanged(doc: Y.Doc, origin: unknown, write: () => void): boolean {
  let changed = false
  doc.transact((transaction: Y.Transaction) => {
    write()
    changed = transaction.changed.size > 0
  }, origin)
  return changed
}
