import { createNodeId } from '@nexus/core'
import { createMemoryFanout } from '@nexus/core/memory'
import { openPostgres } from '@nexus/core/postgres'
import { createRedisFanout } from '@nexus/core/redis'
import { createLogger, readOptions, runService } from '@nexus/core/server'
import { createSqlUpdateLog } from '@nexus/core/sql'
import { SNAPSHOT_WORKER_OPTIONS } from './config.ts'
import { createSnapshotWorker } from './worker.ts'

async function main(): Promise<void> {
  const options = readOptions(SNAPSHOT_WORKER_OPTIONS, process.env)
  const logger = createLogger({ service: 'snapshots', level: options.LOG_LEVEL })
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
      const service = await createSnapshotWorker({
        db,
        log: createSqlUpdateLog(db),
        fanout,
        nodeId,
        options: { gitDir: options.GIT_DIR, intervalMs: options.SNAPSHOT_INTERVAL_MS },
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
