import type { Fanout, NodeId, UpdateLog } from '@nexus/core'
import {
  type Access,
  allowedOriginsIn,
  type Credentials,
  createAccess,
  createCredentials,
  createDatabaseProbe,
  createUnreadMetrics,
  type Health,
  type Logger,
  type Metrics,
  readOptions,
  type Service,
} from '@nexus/core/server'
import type { Db } from '@nexus/core/sql'
import { assemble, type Collab } from './assemble.ts'
import { COLLAB_OPTIONS, type CollabOptions } from './config.ts'
import { drain } from './drain.ts'
import { startHousekeeping } from './housekeeping.ts'
import { createUpgradeHandler } from './transport/upgrade.ts'

export { COLLAB_OPTIONS, COLLAB_PROCESS_OPTIONS, type CollabOptions } from './config.ts'

interface CollabServerParts {
  /** Where keys and memberships are read; the log may be elsewhere. */
  readonly db: Db
  readonly log: UpdateLog
  readonly fanout: Fanout
  readonly nodeId: NodeId
  /** What is absent has its fallback of {@link COLLAB_OPTIONS}. */
  readonly options: Partial<CollabOptions>
  readonly logger: Logger
  readonly metrics?: Metrics
  readonly overrides?: {
    readonly credentials?: Credentials
    readonly access?: Pick<Access, 'workspaceAccess'>
  }
}

export interface CollabServer extends Service {
  readonly handleUpgrade: NonNullable<Service['handleUpgrade']>
  /** Numbers for tests. */
  counts(): { readonly sockets: number; readonly documents: number; readonly unsavedBytes: number }
}

/**
 * People meet here: WebSockets on `/collab` (Hocuspocus protocol), live documents, presence.
 *
 * `drain` lets every client go with "come back elsewhere" and waits until all edits are saved, for
 * `COLLAB_DRAIN_TIMEOUT_MS` at most; what is not saved by then was never acknowledged and comes back with its client.
 */
export async function createCollabServer(parts: CollabServerParts): Promise<CollabServer> {
  const options = { ...readOptions(COLLAB_OPTIONS, {}), ...parts.options }
  const { db, overrides, logger, metrics = createUnreadMetrics() } = parts
  const collab = assemble({
    ...parts,
    metrics,
    options,
    ...(overrides?.credentials ?? createCredentials({ db, fanout: parts.fanout })),
    access: overrides?.access ?? createAccess({ db }),
  })
  const { queue, registry, documents, hocuspocus } = collab
  measure(metrics, collab)
  let state: 'new' | 'open' | 'draining' | 'closed' = 'new'
  let stopHousekeeping = (): void => undefined

  const handleUpgrade = createUpgradeHandler({
    registry,
    maxFrameBytes: options.COLLAB_MAX_FRAME_BYTES,
    allowedOrigins: allowedOriginsIn(options),
    trustedProxies: options.TRUSTED_PROXIES,
    isDraining: () => state !== 'open',
    onOpen: collab.openSocket,
  })

  const probeDatabase = createDatabaseProbe(db)
  const health = async (): Promise<Health> => {
    const database = queue.isStalled ? 'away, edits wait in memory' : await probeDatabase()
    return {
      ready: state === 'open' && database === 'ok',
      parts: {
        database,
        fanout: parts.fanout.isHealthy() ? 'ok' : 'reconnecting',
        sockets: state,
      },
    }
  }

  return {
    name: 'collab-server',
    handleUpgrade,
    health,
    counts: () => ({
      sockets: registry.size,
      documents: hocuspocus.documents.size,
      unsavedBytes: queue.waitingBytes,
    }),
    start: async () => {
      stopHousekeeping = startHousekeeping({ ...collab, options, fanout: parts.fanout, logger })
      state = 'open'
    },
    drain: async () => {
      if (state === 'open') state = 'draining'
      await drain({
        ...collab,
        logger,
        timeoutMs: options.COLLAB_DRAIN_TIMEOUT_MS,
        spreadMs: options.COLLAB_DRAIN_SPREAD_MS,
      })
    },
    [Symbol.asyncDispose]: async () => {
      state = 'closed'
      stopHousekeeping()
      for (const socket of registry) socket.terminate()
      collab.rights.close()
      collab.headWatch.stop()
      for (const live of documents) live.document.destroy()
    },
  }
}

function measure(metrics: Metrics, { registry, hocuspocus }: Collab): void {
  metrics.gauge({ name: 'nexus_collab_sockets', help: 'Open WebSockets of people.' }, () => registry.size)
  metrics.gauge(
    {
      name: 'nexus_collab_documents',
      help: 'Documents in memory, open on some socket or about to be let go.',
    },
    () => hocuspocus.documents.size,
  )
}
