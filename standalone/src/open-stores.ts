import type { Fanout, NodeId } from '@nexus/core'
import { createMemoryFanout } from '@nexus/core/memory'
import { openPglite } from '@nexus/core/pglite'
import { openPostgres } from '@nexus/core/postgres'
import { createRedisFanout } from '@nexus/core/redis'
import { type Db, migrate } from '@nexus/core/sql'
import type { StandaloneOptions } from './config.ts'

export interface Stores {
  readonly db: Db
  readonly fanout: Fanout
  close(): Promise<void>
}

/**
 * Opens the database (PGlite below `DATA_DIR`, or PostgreSQL when `DATABASE_URL` is given), brings its tables up to
 * date, and opens the fan-out (in this process, or Redis when `REDIS_URL` is given).
 */
export async function openStores(options: StandaloneOptions, nodeId: NodeId): Promise<Stores> {
  const database =
    options.DATABASE_URL === null
      ? await openPglite({ dataDir: options.DATA_DIR })
      : await openPostgres({ url: options.DATABASE_URL })
  try {
    await migrate(database.db)
  } catch (error) {
    await database.close()
    throw error
  }
  const fanout =
    options.REDIS_URL === null ? createMemoryFanout() : createRedisFanout({ url: options.REDIS_URL, nodeId })
  return {
    db: database.db,
    fanout,
    close: async () => {
      await fanout.close()
      await database.close()
    },
  }
}
