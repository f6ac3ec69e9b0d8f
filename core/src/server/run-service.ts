import { closeInTime } from './close-in-time.ts'
import { answerHealth } from './health-routes.ts'
import { listen } from './listen.ts'
import type { Logger } from './logger.ts'
import type { MetricsRegistry } from './metrics.ts'
import { answerMetrics } from './metrics-route.ts'
import { runProcess } from './run-process.ts'
import type { Service } from './service.ts'

interface RunServiceOptions {
  readonly logger: Logger
  readonly metrics: MetricsRegistry
  readonly host: string
  readonly port: number
  readonly drainTimeoutMs: number
  /** Opens what the service needs and makes it. Everything opened is released again by `release`. */
  readonly open: () => Promise<{ readonly service: Service; readonly release: () => Promise<void> }>
}

/**
 * Runs one service as a process of its own: its paths, the probes and the metrics on one port, until SIGTERM. When it cannot start,
 * the reason is logged and the exit code is 1.
 */
export async function runService(options: RunServiceOptions): Promise<void> {
  try {
    await runUntilStopped(options)
  } catch (error) {
    process.exitCode = 1
    options.logger.error({ err: error }, error instanceof Error ? error.message : 'could not start')
  }
}

function runUntilStopped(options: RunServiceOptions): Promise<void> {
  return runProcess({
    logger: options.logger,
    drainTimeoutMs: options.drainTimeoutMs,
    start: async () => {
      const { service, release } = await options.open()
      await service.start()
      let isDraining = false
      const http = await listen({
        port: options.port,
        host: options.host,
        handleRequest: (request, response) => {
          const health = async () => {
            const state = await service.health()
            return isDraining ? { ...state, ready: false } : state
          }
          if (answerHealth(request, response, health)) return
          if (answerMetrics(request, response, options.metrics)) return
          if (service.handleRequest) service.handleRequest(request, response)
          else response.writeHead(404).end()
        },
        handleUpgrade: (request, socket, head) => service.handleUpgrade?.(request, socket, head) ?? false,
      })
      options.logger.info({ port: http.port }, `${service.name} is ready`)
      return {
        drain: async () => {
          isDraining = true
          await service.drain()
        },
        close: () =>
          closeInTime({
            disposeServices: async () => service[Symbol.asyncDispose](),
            closePort: http.close,
            closeStores: release,
          }),
      }
    },
  })
}
