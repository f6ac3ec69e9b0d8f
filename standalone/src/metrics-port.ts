import { answerMetrics, listen, type MetricsRegistry } from '@nexus/core/server'
import type { StandaloneOptions } from './config.ts'

export interface MetricsPort {
  /** `null`: none was asked for. */
  readonly port: number | null
  close(): Promise<void>
}

/** `/metrics` on a port of its own: the other one is the public origin. @throws When the port cannot be had. */
export async function openMetricsPort(
  { METRICS_PORT, METRICS_HOST }: StandaloneOptions,
  registry: MetricsRegistry,
): Promise<MetricsPort> {
  if (METRICS_PORT === null) return { port: null, close: async () => undefined }
  registry.addProcess()
  return listen({
    port: METRICS_PORT,
    host: METRICS_HOST,
    settings: 'METRICS_PORT or METRICS_HOST',
    handleRequest: (request, response) => {
      if (!answerMetrics(request, response, registry)) response.writeHead(404).end()
    },
    handleUpgrade: () => false,
  })
}
