import * as Y from 'yjs'
import type { DocumentRecord } from '../ports/update-log.ts'

/** Origin of updates that come out of the log. */
const LOG_ORIGIN = 'log'

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
 * nothing; an update that builds on one not yet there waits inside the document until that arrives, in any order.
 *
 * @throws When an update is no Yjs update; those before it are applied.
 */
export function applyUpdates(doc: Y.Doc, updates: readonly Uint8Array[], origin: unknown): void {
  if (updates.length === 0) return
  const applyAll = () => {
    for (const update of updates) Y.applyUpdate(doc, update, origin)
    applyWaiting(doc, origin)
  }
  Y.transact(doc, applyAll, origin, false)
}

/**
 * Yjs (13.6.33) notes one clock per client for which updates wait. Where one waits for an earlier clock than the one
 * noted, it goes on waiting although all it needs is there. So what waits is tried again until nothing more fits.
 */
function applyWaiting(doc: Y.Doc, origin: unknown): void {
  const { store } = doc
  let applied = -1
  while (store.pendingStructs !== null && applied < appliedIn(doc)) {
    applied = appliedIn(doc)
    const { update } = store.pendingStructs
    store.pendingStructs = null
    Y.applyUpdateV2(doc, update, origin)
  }
}

/** Clocks of all clients together; grows with everything that is applied. */
const appliedIn = ({ store }: Y.Doc): number =>
  store.clients.keys().reduce((sum, client) => sum + Y.getState(store, client), 0)
