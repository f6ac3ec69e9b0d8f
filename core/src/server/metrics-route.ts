import type { IncomingMessage, ServerResponse } from 'node:http'
import type { MetricsRegistry } from './metrics.ts'

/** Answers `/metrics`. Only on a port that the public cannot reach. @returns `true` when the request has its answer. */
export function answerMetrics(
  request: IncomingMessage,
  response: ServerResponse,
  metrics: MetricsRegistry,
): boolean {
  if ((request.url ?? '').split('?')[0] !== '/metrics') return false
  metrics.text().then(
    (text) => {
      response.writeHead(200, { 'content-type': metrics.contentType, 'cache-control': 'no-store' })
      response.end(text)
    },
    () => response.writeHead(500).end(),
  )
  return true
}
