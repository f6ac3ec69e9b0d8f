import { sql } from 'kysely'
import type { Checkpoint } from '../ports/update-log.ts'
import type { DocumentName } from '../wire/document-name.ts'
import type { Db, Trx } from './database.ts'

/**
 * One statement. `tail_bytes` is lowered by what the checkpoint now covers, not computed afresh, so that an append which
 * commits in the meantime stays counted: its row is locked, read again, and only then changed.
 */
export async function saveCheckpoint(
  db: Db | Trx,
  document: DocumentName,
  checkpoint: Checkpoint,
): Promise<void> {
  await sql`
    with kept as (
      insert into state_checkpoints (document, version, state)
      select document, ${checkpoint.version}::bigint, ${checkpoint.state}::bytea
      from panel_states
      where document = ${document} and deleted_at is null and version >= ${checkpoint.version}::bigint
      on conflict (document, version) do nothing
    )
    update panel_states p
    set checkpoint_version = ${checkpoint.version}::bigint,
        tail_bytes = p.tail_bytes - (
          select coalesce(sum(octet_length(h.update_data)), 0)
          from state_history h
          where h.document = p.document
            and h.version > p.checkpoint_version
            and h.version <= ${checkpoint.version}::bigint
        )
    where p.document = ${document}
      and p.deleted_at is null
      and p.checkpoint_version < ${checkpoint.version}::bigint
      and p.version >= ${checkpoint.version}::bigint
  `.execute(db)
}
