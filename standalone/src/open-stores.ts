import type { Fanout, NodeId, StateCache } from '@nexus/core'
import { openPglite } from '@nexus/core/pglite'
import { openPostgres } from '@nexus/core/postgres'
import {
  createLostConnectionWarnings,
  type Logger,
  type Metrics,
  openFanout,
  openStateCache,
} from '@nexus/core/server'
import { type Db, migrate } from '@nexus/core/sql'
import type { StandaloneOptions } from './config.ts'

export interface Stores {
  readonly db: Db
  readonly fanout: Fanout
  /** Shared with other processes through Redis; `null` without it. */
  readonly states: StateCache | null
  close(): Promise<void>
}

interface OpenStoresParts {
  readonly nodeId: NodeId
  readonly logger: Logger
  readonly metrics: Metrics
}

/**
 * Opens the database (PGlite below `DATA_DIR`, or PostgreSQL when `DATABASE_URL` is given), brings its tables up to
 * date, and opens the fan-out (in this process, or Redis when `REDIS_URL` is given).
 */
export async function openStores(
  options: StandaloneOptions,
  { nodeId, logger, metrics }: OpenStoresParts,
): Promise<Stores> {
  const database =
    options.DATABASE_URL === null
      ? await openPglite({ dataDir: options.DATA_DIR })
      : await openPostgres({
          url: options.DATABASE_URL,
          onConnectionLost: createLostConnectionWarnings(logger),
        })
  try {
    await migrate(database.db)
  } catch (error) {
    await database.close()
    throw error
  }
  const fanout = openFanout({ url: options.REDIS_URL, nodeId, logger })
  const states = openStateCache({
    url: options.REDIS_URL,
    waitMs: options.SHARED_STATE_WAIT_MS,
    maxChars: options.MAX_SHARED_STATE_CHARS,
    metrics,
  })
  return {
    db: database.db,
    fanout,
    states,
    close: async () => {
      await states?.close()
      await fanout.close()
      await database.close()
    },
  }
}
