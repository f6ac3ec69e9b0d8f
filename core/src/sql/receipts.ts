import type { Receipts } from '../ports/update-log.ts'
import type { Db, Trx } from './database.ts'
import { orUnavailable } from './unavailable.ts'

/** Receipts in PostgreSQL or PGlite; the log writes them with its appends. */
export function createSqlReceipts(db: Db | Trx): Receipts {
  return {
    find: (document, id) =>
      orUnavailable(async () => {
        const row = await db
          .selectFrom('append_receipts as r')
          .innerJoin('state_history as h', (join) =>
            join.onRef('h.document', '=', 'r.document').onRef('h.version', '=', 'r.version'),
          )
          .select(['r.id', 'r.fingerprint', 'r.version', 'h.occurred_at as occurredAt'])
          .where('r.document', '=', document)
          .where('r.id', '=', id)
          .executeTakeFirst()
        return row ?? null
      }),
    keep: (document, receipt, version) =>
      orUnavailable(async () => {
        await db
          .insertInto('append_receipts')
          .values({ document, ...receipt, version })
          .onConflict((conflict) => conflict.doNothing())
          .execute()
      }),
    forget: (time) =>
      orUnavailable(async () => {
        await db.deleteFrom('append_receipts').where('created_at', '<', time).execute()
      }),
  }
}
