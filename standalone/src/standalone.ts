import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createApi } from '@nexus/api'
import { createCollabServer } from '@nexus/collab-server'
import { createNodeId } from '@nexus/core'
import {
  answerHealth,
  closeInTime,
  createMetricsRegistry,
  type Health,
  type Logger,
  listen,
  type MetricsRegistry,
  measureFanout,
  type Running,
  type Service,
} from '@nexus/core/server'
import { createSqlUpdateLog } from '@nexus/core/sql'
import { createSnapshotWorker, toFullHistoryDays, toRemote, toRepositoryQuota } from '@nexus/snapshots'
import { keepAuthSecret } from './auth-secret.ts'
import type { StandaloneOptions } from './config.ts'
import { type MetricsPort, openMetricsPort } from './metrics-port.ts'
import { openStores, type Stores } from './open-stores.ts'
import { type Routes, routeRequest, routeUpgrade } from './router.ts'
import { createStudioFiles, STUDIO_DIST } from './studio-files.ts'

export { STANDALONE_OPTIONS, type StandaloneOptions } from './config.ts'

export interface Standalone extends Running {
  /** The port really listened on, also when 0 was asked for. */
  readonly port: number
  /** The same of METRICS_PORT; `null`: metrics are not served. */
  readonly metricsPort: number | null
}

/**
 * Starts the whole product in this process: database, collaboration, API, snapshots and studio on one port.
 *
 * @throws When the data folder is in use by another process, the database cannot be reached, or the port is taken.
 *   Nothing stays open then.
 */
export async function startStandalone(options: StandaloneOptions, logger: Logger): Promise<Standalone> {
  await mkdir(options.DATA_DIR, { recursive: true, mode: 0o700 })
  const registry = createMetricsRegistry()
  const stores = await openStores(options, { nodeId: createNodeId(), logger, metrics: registry.part('api') })
  const services: Service[] = []
  measureFanout(registry.part('standalone'), stores.fanout)
  let metricsPort: MetricsPort | null = null
  try {
    const address = { port: options.PORT }
    const parts = { stores, registry, logger, address }
    const { api, collabServer, snapshots } = await createServices(options, parts)
    services.push(api, collabServer, snapshots)
    for (const service of services) await service.start()
    metricsPort = await openMetricsPort(options, registry)
    const standalone = await openPort({
      options,
      metricsPort,
      routes: { api, collabServer, snapshots, studio: createStudioFiles(STUDIO_DIST) },
      services,
      stores,
    })
    address.port = standalone.port
    return standalone
  } catch (error) {
    await metricsPort?.close()
    for (const service of services) await service[Symbol.asyncDispose]()
    await stores.close()
    throw error
  }
}

interface ServiceParts {
  readonly stores: Stores
  readonly registry: MetricsRegistry
  readonly logger: Logger
  /** Asked for, then listened on. */
  readonly address: { readonly port: number }
}

async function createServices(options: StandaloneOptions, parts: ServiceParts) {
  const { stores, registry, logger, address } = parts
  const { db, fanout, states } = stores
  const nodeId = createNodeId()
  const shared = { db, fanout, nodeId, log: createSqlUpdateLog(db) }
  const authSecret = options.AUTH_SECRET ?? (await keepAuthSecret(options.DATA_DIR))
  const snapshots = await createSnapshotWorker({
    ...shared,
    logger: logger.child({ part: 'snapshots' }),
    metrics: registry.part('snapshots'),
    options: {
      gitDir: join(options.DATA_DIR, 'git'),
      intervalMs: options.SNAPSHOT_INTERVAL_MS,
      fullHistoryDays: toFullHistoryDays(options),
      repositoryQuota: toRepositoryQuota(options),
      signingKeyFile: options.GIT_SIGNING_KEY_FILE,
      gitProgram: options.GIT_PROGRAM,
      remote: toRemote(options),
      maxFetches: options.GIT_MAX_FETCHES,
      fetchTimeoutMs: options.GIT_FETCH_TIMEOUT_MS,
    },
  })
  return {
    api: await createApi({
      ...shared,
      states,
      commitDiffs: snapshots.commitDiffs,
      ownMachine: {
        origin: () => `http://localhost:${address.port}`,
        mailFolder: join(options.DATA_DIR, 'mail'),
      },
      logger: logger.child({ part: 'api' }),
      metrics: registry.part('api'),
      options: { ...options, AUTH_SECRET: authSecret },
    }),
    collabServer: await createCollabServer({
      ...shared,
      logger: logger.child({ part: 'collab-server' }),
      metrics: registry.part('collab-server'),
      options: { ...options, COLLAB_DRAIN_TIMEOUT_MS: options.DRAIN_TIMEOUT_MS },
    }),
    snapshots,
  }
}

interface PortParts {
  readonly options: StandaloneOptions
  readonly routes: Routes
  readonly services: readonly Service[]
  readonly stores: Stores
  readonly metricsPort: MetricsPort
}

async function openPort({ options, routes, services, stores, metricsPort }: PortParts): Promise<Standalone> {
  let isDraining = false
  const http = await listen({
    port: options.PORT,
    host: options.HOST,
    handleRequest: (request, response) => {
      const health = () => healthOfAll(services, isDraining)
      if (!answerHealth(request, response, health)) routeRequest(routes, request, response)
    },
    handleUpgrade: (request, socket, head) => routeUpgrade(routes, request, socket, head),
  })
  return {
    port: http.port,
    metricsPort: metricsPort.port,
    // In this order: editors are let go first, then requests, then the last snapshots.
    drain: async () => {
      isDraining = true
      await routes.collabServer.drain()
      for (const service of services) if (service !== routes.collabServer) await service.drain()
    },
    close: () =>
      closeInTime({
        disposeServices: async () => {
          for (const service of services) await service[Symbol.asyncDispose]()
        },
        closePort: async () => {
          await Promise.all([http.close(), metricsPort.close()])
        },
        closeStores: stores.close,
      }),
  }
}

async function healthOfAll(services: readonly Service[], isDraining: boolean): Promise<Health> {
  const all = await Promise.all(
    services.map(async (service) => [service.name, await service.health()] as const),
  )
  const parts = all.flatMap(([name, health]) =>
    Object.entries(health.parts).map(([part, state]) => [`${name}.${part}`, state] as const),
  )
  return { ready: !isDraining && all.every(([, health]) => health.ready), parts: Object.fromEntries(parts) }
}
