import type { Db } from '../sql/database.ts'
import { createSqlReceipts } from '../sql/receipts.ts'
import { createSqlUpdateLog } from '../sql/sql-update-log.ts'
import type { OpenLog } from './describe-update-log.ts'

/** A log on `database`, for the contract suite. */
export function openSqlLog(database: { readonly db: Db; close(): Promise<void> }): OpenLog {
  return {
    log: createSqlUpdateLog(database.db),
    receipts: createSqlReceipts(database.db),
    close: () => database.close(),
    async remove(document) {
      await database.db
        .updateTable('panel_states')
        .set({ deleted_at: new Date() })
        .where('document', '=', document)
        .execute()
    },
  }
}
