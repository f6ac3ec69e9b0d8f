import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Health } from './service.ts'

/**
 * Answers `/health/live` (200 while the process can answer at all) and `/health/ready` (200 or 503 with the parts).
 *
 * @returns `true` when the request was one of the two and has its answer.
 */
export function answerHealth(
  request: IncomingMessage,
  response: ServerResponse,
  health: () => Promise<Health>,
): boolean {
  const path = (request.url ?? '').split('?')[0]
  if (path === '/health/live') {
    answer(response, 200, { live: true })
    return true
  }
  if (path !== '/health/ready') return false
  health().then(
    (state) => answer(response, state.ready ? 200 : 503, state),
    () => answer(response, 503, { ready: false, parts: { health: 'could not be read' } }),
  )
  return true
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(JSON.stringify(body))
}
