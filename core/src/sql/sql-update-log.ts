import { sql } from 'kysely'
import type { Version } from '../model/version.ts'
import type { UpdateLog } from '../ports/update-log.ts'
import type { DocumentName } from '../wire/document-name.ts'
import { appendAll } from './append-all.ts'
import { appendBatch } from './append-batch.ts'
import { createDocuments } from './create-documents.ts'
import type { Db, Trx } from './database.ts'
import { readDocument, readTail } from './read-document.ts'
import { saveCheckpoint } from './save-checkpoint.ts'
import { tailSize } from './tail-size.ts'
import { orUnavailable } from './unavailable.ts'
import { versionAt } from './version-at.ts'

const DEFAULT_TAIL_LIMIT = 10_000

/**
 * The log in PostgreSQL or PGlite. With a transaction, what it does commits with that transaction.
 *
 * Every method is one statement, so a pool of one connection is enough and nothing is held between calls.
 */
export function createSqlUpdateLog(db: Db | Trx): UpdateLog {
  return {
    create: (documents) => orUnavailable(() => createDocuments(db, documents)),
    append: (batch) => orUnavailable(() => appendBatch(db, batch)),
    appendAll: (batch) => orUnavailable(() => appendAll(db, batch)),
    heads: (documents) => orUnavailable(() => readHeads(db, documents)),
    read: (document, version) => orUnavailable(() => readDocument(db, document, version ?? null)),
    readTail: (document, { after, upTo = null, limit = DEFAULT_TAIL_LIMIT }) =>
      orUnavailable(() => readTail(db, document, { after, upTo, limit })),
    versionAt: (document, at) => orUnavailable(() => versionAt(db, document, at)),
    tailSize: (document) => orUnavailable(() => tailSize(db, document)),
    saveCheckpoint: (document, checkpoint) => orUnavailable(() => saveCheckpoint(db, document, checkpoint)),
  }
}

async function readHeads(
  db: Db | Trx,
  documents: readonly DocumentName[],
): Promise<Map<DocumentName, Version>> {
  if (documents.length === 0) return new Map()
  const { rows } = await sql<{ document: DocumentName; version: Version }>`
    select document, version
    from panel_states
    where document = any(${documents}::text[]) and deleted_at is null
  `.execute(db)
  return new Map(rows.map((row) => [row.document, row.version]))
}
