import { sql } from 'kysely'
import type { TailSize } from '../ports/update-log.ts'
import type { DocumentName } from '../wire/document-name.ts'
import type { Db, Trx } from './database.ts'

/** Two rows by their keys; `octet_length` of the checkpoint needs only the head of its value, not the value. */
export async function tailSize(db: Db | Trx, document: DocumentName): Promise<TailSize | null> {
  const { rows } = await sql<{ updates: number; bytes: number; checkpoint_bytes: number }>`
    select p.version - p.checkpoint_version as updates, p.tail_bytes as bytes,
           coalesce(octet_length(c.state), 0) as checkpoint_bytes
    from panel_states p
    left join state_checkpoints c on c.document = p.document and c.version = p.checkpoint_version
    where p.document = ${document} and p.deleted_at is null
  `.execute(db)
  const [row] = rows
  return row === undefined
    ? null
    : { updates: row.updates, bytes: row.bytes, checkpointBytes: row.checkpoint_bytes }
}
