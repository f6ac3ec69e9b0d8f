import * as Y from 'yjs'
import { buildDocument } from '../document/build-document.ts'
import type { Version } from '../model/version.ts'
import type { UpdateDraft, UpdateLog } from '../ports/update-log.ts'
import type { DocumentName } from '../wire/document-name.ts'

/** Which of some updates a document's log does not hold yet. */
export interface Compared {
  /** The head they were compared with. */
  readonly version: Version
  /** Those that add something to the document at `version` and the ones before them, whole and in their order. */
  readonly fresh: ReadonlySet<UpdateDraft>
}

/**
 * Reads the document as the log has it and tries the updates on it. Costs as much as opening the document, so it is for
 * updates that came a second time, not for every edit.
 *
 * @returns `null` when there is no such document.
 * @throws {NexusError} `unavailable`
 */
export async function compareWithLog(
  log: UpdateLog,
  document: DocumentName,
  updates: readonly UpdateDraft[],
): Promise<Compared | null> {
  const record = await log.read(document)
  if (record === null) return null
  const doc = buildDocument(record)
  try {
    return { version: record.version, fresh: new Set(updates.filter(({ update }) => adds(doc, update))) }
  } finally {
    doc.destroy()
  }
}

/** Applies `update`. @returns Whether the document has more than before, or waits for what the update builds on. */
function adds(doc: Y.Doc, update: Uint8Array): boolean {
  let isMore = false
  const note = (): void => {
    isMore = true
  }
  doc.on('update', note)
  // As a change made here: behind one of others Yjs tidies up formatting, and what it did would be taken for known.
  doc.transact(() => Y.applyUpdate(doc, update))
  doc.off('update', note)
  return isMore || doc.store.pendingStructs !== null || doc.store.pendingDs !== null
}
