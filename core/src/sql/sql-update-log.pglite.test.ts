import { test } from 'vitest'
import { openPglite } from '../pglite/open-pglite.ts'
import { describeUpdateLog } from '../testkit/describe-update-log.ts'
import { compareWithModel } from '../testkit/log-against-model.ts'
import { openSqlLog } from '../testkit/open-sql-log.ts'
import { migrate } from './migrate.ts'
import { createSqlUpdateLog } from './sql-update-log.ts'

const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000)

describeUpdateLog('PGlite', async () => {
  const database = await openPglite({ dataDir: 'memory://' })
  await migrate(database.db)
  return openSqlLog(database)
})

test(`[LOG22] random appends, reads and checkpoints do what a plain list would (SEED=${SEED})`, async () => {
  const database = await openPglite({ dataDir: 'memory://' })
  await migrate(database.db)
  await compareWithModel(createSqlUpdateLog(database.db), SEED, 150)
  await database.close()
})
