import type { DocumentName } from '@nexus/core'
import { openPostgres } from '@nexus/core/postgres'
import type { Trx } from '@nexus/core/sql'
import { sql } from 'kysely'
import * as Y from 'yjs'

interface LogOfDocument {
  readonly checkpoint: Uint8Array | null
  /** Version 1 to the head, or from behind the checkpoint on. */
  readonly updates: readonly Uint8Array[]
}

/** The rows themselves, not by way of the product. @throws When the versions have a gap. */
export async function readLog(
  databaseUrl: string,
  document: DocumentName,
  from: 'beginning' | 'checkpoint',
): Promise<LogOfDocument> {
  const { db, close } = await openPostgres({ url: databaseUrl, maxConnections: 1 })
  // Both of one moment: somebody may append between them.
  const { head, rows } = await db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute((trx) => readRows(trx, document, from))
    .finally(close)
  const isWhole = rows.every(({ version }, index) => version === head.covered + index + 1)
  if (!isWhole || rows.length !== head.version - head.covered)
    throw new Error(`The log of ${document} has gaps: ${rows.map(({ version }) => version)}`)
  return { checkpoint: head.checkpoint, updates: rows.map((row) => row.update_data) }
}

async function readRows(trx: Trx, document: DocumentName, from: 'beginning' | 'checkpoint') {
  const heads = await sql<{ version: number; checkpoint: Uint8Array | null; covered: number }>`
    select p.version, c.state as checkpoint, coalesce(c.version, 0) as covered
    from panel_states p
    left join lateral (
      select version, state from state_checkpoints
      where document = p.document and ${from} = 'checkpoint'
      order by version desc limit 1
    ) c on true
    where p.document = ${document}
  `.execute(trx)
  const head = heads.rows[0]
  if (head === undefined) throw new Error(`The log has no ${document}.`)
  const { rows } = await sql<{ version: number; update_data: Uint8Array }>`
    select version, update_data from state_history
    where document = ${document} and version > ${head.covered} order by version
  `.execute(trx)
  return { head, rows }
}

/** Versions that change nothing: what they say was in the log before. */
export async function emptyVersions(databaseUrl: string, document: DocumentName): Promise<number[]> {
  const { updates } = await readLog(databaseUrl, document, 'beginning')
  const doc = new Y.Doc({ gc: false })
  let isChanged = false
  doc.on('update', () => {
    isChanged = true
  })
  return updates.flatMap((update, index) => {
    isChanged = false
    Y.applyUpdate(doc, update)
    return isChanged ? [] : [index + 1]
  })
}
