import type { Receipts } from '../ports/update-log.ts'
import type { Db, Trx } from './database.ts'
import { orUnavailable } from './unavailable.ts'

/** Receipts in PostgreSQL or PGlite; the log writes them with its appends. */
export function createSqlReceipts(db: Db | Trx): Receipts {
  const findAll: Receipts['findAll'] = (documents, id) =>
    orUnavailable(async () => {
      const rows = await db
        .selectFrom('append_receipts as r')
        .innerJoin('state_history as h', (join) =>
          join.onRef('h.document', '=', 'r.document').onRef('h.version', '=', 'r.version'),
        )
        .select(['r.document', 'r.id', 'r.fingerprint', 'r.version', 'h.occurred_at as occurredAt'])
        .where(({ eb, val }) => eb('r.document', '=', eb.fn.any(val([...documents]))))
        .where('r.id', '=', id)
        .execute()
      return new Map(rows.map(({ document, ...kept }) => [document, kept]))
    })
  return {
    find: async (document, id) => (await findAll([document], id)).get(document) ?? null,
    findAll,
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
