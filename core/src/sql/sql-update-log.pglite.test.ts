import { openPglite } from '../pglite/open-pglite.ts'
import { describeUpdateLog } from '../testkit/describe-update-log.ts'
import { openSqlLog } from '../testkit/open-sql-log.ts'
import { migrate } from './migrate.ts'

describeUpdateLog('PGlite', async () => {
  const database = await openPglite({ dataDir: 'memory://' })
  await migrate(database.db)
  return openSqlLog(database)
})
