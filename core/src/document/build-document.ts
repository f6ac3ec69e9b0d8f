import * as Y from 'yjs'
import type { DocumentRecord } from '../ports/update-log.ts'

/** Origin of updates that come out of the log. */
export const LOG_ORIGIN = 'log'

/**
 * Builds the document a record describes. Garbage collection is on: history comes from the log, not from the document.
 */
export function buildDocument(record: DocumentRecord): Y.Doc {
  const doc = new Y.Doc()
  const tail = record.tail.map((entry) => entry.update)
  applyUpdates(doc, record.checkpoint === null ? tail : [record.checkpoint.state, ...tail], LOG_ORIGIN)
  return doc
}

/**
 * Applies updates of others in one transaction, so that observers run once. Updates the document has already change
 * nothing; an update that builds on one not yet there waits inside the document until that arrives.
 *
 * @throws When an update is no Yjs update; those before it are applied.
 */
export function applyUpdates(doc: Y.Doc, updates: readonly Uint8Array[], origin: unknown): void {
  if (updates.length === 0) return
  const applyAll = () => {
    for (const update of updates) Y.applyUpdate(doc, update, origin)
  }
  Y.transact(doc, applyAll, origin, false)
}
