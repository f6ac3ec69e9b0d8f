export type { Db, Manifest, Trx } from './database.ts'
export { migrate } from './migrate.ts'
export { createSqlUpdateLog } from './sql-update-log.ts'
export { isUnavailable } from './unavailable.ts'
