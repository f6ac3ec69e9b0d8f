import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Service } from '@nexus/core/server'

export interface Routes {
  readonly api: Service
  readonly collabServer: Service
  readonly snapshots: Service
  /** Everything that is nobody else's: the studio. */
  readonly studio: (request: IncomingMessage, response: ServerResponse) => void
}

/** Where a page would be a surprise to a program. Some are for WebSockets alone, some not here: asked for, they are 404. */
const SERVERS_OWN = ['/api', '/.well-known', '/ws', '/collab', '/yjs', '/metrics', '/health']

const isBelow = (path: string, prefix: string): boolean => path === prefix || path.startsWith(`${prefix}/`)

/** Gives each request to the part that serves its path, as the reverse proxy of a cluster does. */
export function routeRequest(routes: Routes, request: IncomingMessage, response: ServerResponse): void {
  const path = (request.url ?? '/').split('?')[0] ?? '/'
  if (isBelow(path, '/git')) routes.snapshots.handleRequest?.(request, response)
  else if (SERVERS_OWN.some((prefix) => isBelow(path, prefix))) routes.api.handleRequest?.(request, response)
  else routes.studio(request, response)
}

/** @returns `false` when no part takes WebSockets on this path. */
export function routeUpgrade(
  routes: Routes,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): boolean {
  return (
    (routes.collabServer.handleUpgrade?.(request, socket, head) ?? false) ||
    (routes.api.handleUpgrade?.(request, socket, head) ?? false)
  )
}
