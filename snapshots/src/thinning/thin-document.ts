import { setImmediate as nextTurn } from 'node:timers/promises'
import { type DocumentName, NO_VERSION, type UpdateLog, type Version } from '@nexus/core'
import { buildDocument } from '@nexus/core/document'
import { type Db, thinHistory } from '@nexus/core/sql'
import * as Y from 'yjs'
import { type OldDocument, readNamedVersions } from './find-old.ts'
import { mergeRuns } from './merge-runs.ts'

/** Entries merged, and written, at a time. */
const PAGE = 1_000

interface Parts {
  readonly db: Db
  readonly log: UpdateLog
  /** Aborted: no further page is begun. */
  readonly signal: AbortSignal
}

/**
 * Thins one document's history up to what its plan keeps whole. Each page is a commit of its own: when the process ends
 * half-way, the next goes on from there.
 *
 * @returns How many rows fewer there are.
 */
export async function thinDocument(parts: Parts, old: OldDocument): Promise<number> {
  const { db, log, signal } = parts
  const { document } = old
  const upTo = await log.versionAt(document, old.before)
  if (upTo === null || upTo <= old.thinnedTo) return 0
  const doc = await openAt(log, document, old.thinnedTo)
  let { checkpoint } = old
  let isSound = true
  let removed = 0
  try {
    for (let after = old.thinnedTo; after < upTo && !signal.aborted; ) {
      const entries = await log.readTail(document, { after, upTo, limit: PAGE })
      const [first, last] = [entries[0], entries.at(-1)]
      if (first === undefined || last === undefined) break
      const named = await readNamedVersions(db, old, { from: first.occurredAt, to: last.occurredAt })
      const merged = (isSound ? mergeRuns(doc, entries, (version) => named.has(version)) : null) ?? []
      isSound = doc.store.pendingStructs === null && doc.store.pendingDs === null
      if (merged.length > 0 && checkpoint < upTo) {
        await saveCheckpoint(log, document, upTo)
        checkpoint = upTo
      }
      const gone = await thinHistory(db, { document, after, upTo: last.version, merged })
      if (gone === null) break
      removed += gone
      after = last.version
      await nextTurn()
    }
    return removed
  } finally {
    doc.destroy()
  }
}

async function openAt(log: UpdateLog, document: DocumentName, version: Version): Promise<Y.Doc> {
  const record = version === NO_VERSION ? null : await log.read(document, version)
  return record === null ? new Y.Doc() : buildDocument(record)
}

/** Of a document that nobody has opened for long: what opening it reads is not to be thinned. */
async function saveCheckpoint(log: UpdateLog, document: DocumentName, version: Version): Promise<void> {
  const doc = await openAt(log, document, version)
  const state = Y.encodeStateAsUpdate(doc)
  doc.destroy()
  await log.saveCheckpoint(document, { version, state })
}
