import { describeUpdateLog } from '../testkit/describe-update-log.ts'
import { openSqlLog } from '../testkit/open-sql-log.ts'
import { createTestDatabase } from '../testkit/test-database.ts'

describeUpdateLog('PostgreSQL, 20 connections', async () =>
  openSqlLog(await createTestDatabase({ maxConnections: 20 })),
)
describeUpdateLog('PostgreSQL, 1 connection', async () =>
  openSqlLog(await createTestDatabase({ maxConnections: 1 })),
)
