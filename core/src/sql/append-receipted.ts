import type { AppendEntry, AppendOutcome, Receipt } from '../ports/update-log.ts'
import { appendToOne } from './append-to-one.ts'
import type { Db, Trx } from './database.ts'
import { createSqlReceipts } from './receipts.ts'

const UNIQUE_VIOLATION = '23505'

/** Appends an entry that has a receipt, unless something with that receipt was appended before. */
export async function appendReceipted(
  db: Db | Trx,
  entry: AppendEntry & { readonly receipt: Receipt },
): Promise<AppendOutcome> {
  const appended = await appendToOne(db, entry).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === UNIQUE_VIOLATION) return null
    throw error
  })
  return appended ?? whyNot(db, entry)
}

async function whyNot(
  db: Db | Trx,
  { document, receipt }: AppendEntry & { readonly receipt: Receipt },
): Promise<AppendOutcome> {
  if ((await createSqlReceipts(db).find(document, receipt.id)) !== null) return { state: 'repeated' }
  const row = await db
    .selectFrom('panel_states')
    .select('version')
    .where('document', '=', document)
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
  return row === undefined ? { state: 'missing' } : { state: 'conflict', currentVersion: row.version }
}
