import { createNodeId } from '@nexus/core'
import { createMemoryFanout } from '@nexus/core/memory'
import { openPostgres } from '@nexus/core/postgres'
import { createRedisFanout } from '@nexus/core/redis'
import { createLogger, readOptions, runService } from '@nexus/core/server'
import { createSqlUpdateLog, migrate } from '@nexus/core/sql'
import { createApi } from './app.ts'
import { API_PROCESS_OPTIONS } from './config.ts'

async function main(): Promise<void> {
  const options = readOptions(API_PROCESS_OPTIONS, process.env)
  const logger = createLogger({ service: 'api', level: options.LOG_LEVEL })
  await runService({
    logger,
    host: options.HOST,
    port: options.PORT,
    drainTimeoutMs: options.DRAIN_TIMEOUT_MS,
    open: async () => {
      const nodeId = createNodeId()
      const { db, close } = await openPostgres({ url: options.DATABASE_URL })
      await migrate(db)
      const fanout =
        options.REDIS_URL === null
          ? createMemoryFanout()
          : createRedisFanout({ url: options.REDIS_URL, nodeId })
      const log = createSqlUpdateLog(db)
      return {
        service: await createApi({ db, log, fanout, nodeId, options, logger }),
        release: async () => {
          await fanout.close()
          await close()
        },
      }
    },
  })
}

main().catch((error: unknown) => {
  process.exitCode = 1
  console.error(error instanceof Error ? error.message : error)
})
