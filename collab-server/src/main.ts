import { createNodeId } from '@nexus/core'
import { createMemoryFanout } from '@nexus/core/memory'
import { openPostgres } from '@nexus/core/postgres'
import { createRedisFanout } from '@nexus/core/redis'
import { createLogger, readOptions, runService } from '@nexus/core/server'
import { createSqlUpdateLog } from '@nexus/core/sql'
import { COLLAB_PROCESS_OPTIONS } from './config.ts'
import { createCollabServer } from './server.ts'

async function main(): Promise<void> {
  const options = readOptions(COLLAB_PROCESS_OPTIONS, process.env)
  const logger = createLogger({ service: 'collab-server', level: options.LOG_LEVEL })
  await runService({
    logger,
    host: options.HOST,
    port: options.PORT,
    drainTimeoutMs: options.DRAIN_TIMEOUT_MS,
    open: async () => {
      const nodeId = createNodeId()
      const { db, close } = await openPostgres({ url: options.DATABASE_URL })
      const fanout =
        options.REDIS_URL === null
          ? createMemoryFanout()
          : createRedisFanout({ url: options.REDIS_URL, nodeId })
      const service = await createCollabServer({
        db,
        log: createSqlUpdateLog(db),
        fanout,
        nodeId,
        options,
        logger,
      })
      return {
        service,
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
