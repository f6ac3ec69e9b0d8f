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
  withinLimit(health()).then(
    (state) => answer(response, state.ready ? 200 : 503, state),
    () => answer(response, 503, { ready: false, parts: { health: 'could not be read' } }),
  )
  return true
}

/** A database that hangs must not make the probe hang: it would be told from a timeout anyway, only later. */
const READY_TIMEOUT_MS = 2_000

function withinLimit(health: Promise<Health>): Promise<Health> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<Health>((resolve) => {
    timer = setTimeout(
      () => resolve({ ready: false, parts: { health: 'no answer within 2 s' } }),
      READY_TIMEOUT_MS,
    )
  })
  return Promise.race([health, late]).finally(() => clearTimeout(timer))
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(JSON.stringify(body))
}
