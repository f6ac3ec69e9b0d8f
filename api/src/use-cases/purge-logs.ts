import type { DocumentName } from '@nexus/core'
import type { Db } from '@nexus/core/sql'
import { sql } from 'kysely'

/** How many rows go in one commit. */
export interface RowsAtOnce {
  readonly updates: number
  readonly checkpoints: number
}

/** A commit of some tens of milliseconds. Checkpoints are whole documents. */
const AT_ONCE: RowsAtOnce = { updates: 1_000, checkpoints: 20 }

/**
 * Deletes a document with its log, in commits of a bounded size. It does not matter how far it comes: nobody reads the
 * document any more, and the next run goes on. Two processes at once share the work.
 */
export async function deleteLogs(db: Db, document: DocumentName, atOnce = AT_ONCE): Promise<void> {
  await deletePartly(db, { table: 'state_history', document, rows: atOnce.updates })
  await deletePartly(db, { table: 'state_checkpoints', document, rows: atOnce.checkpoints })
  // The rest of another process that is at it just now would go with the row, all at once.
  await db
    .deleteFrom('panel_states')
    .where('document', '=', document)
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('state_history as h').select('h.version').where('h.document', '=', document))),
    )
    .execute()
}

interface Part {
  readonly table: 'state_history' | 'state_checkpoints'
  readonly document: DocumentName
  readonly rows: number
}

async function deletePartly(db: Db, { table, document, rows }: Part): Promise<void> {
  let deleted = rows
  while (deleted === rows) {
    // An array, because it is computed once: what stands in "in (…)" may be read again for each row.
    const { numAffectedRows } = await sql`
      delete from ${sql.table(table)}
      where document = ${document} and version = any(array(
        select version from ${sql.table(table)}
        where document = ${document}
        order by version
        limit ${rows}
        for update skip locked
      ))`.execute(db)
    deleted = Number(numAffectedRows ?? 0)
  }
}
