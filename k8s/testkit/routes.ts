/** One address behind the public origin and the part that answers it. */
interface PublicRoute {
  readonly path: string
  readonly service: 'api' | 'collab-server' | 'snapshots' | 'studio'
  /** Reached by a WebSocket. */
  readonly isSocket?: boolean
}

/** What goes where behind the one public origin; proxy and ingress are held to it, path by path. */
export const PUBLIC_ROUTES: readonly PublicRoute[] = [
  { path: '/api', service: 'api' },
  { path: '/api/workspaces', service: 'api' },
  { path: '/api/openapi.json', service: 'api' },
  { path: '/api/mcp', service: 'api' },
  { path: '/api/state/w/p/events', service: 'api' },
  { path: '/api/workspaces/import', service: 'api' },
  { path: '/.well-known/jwks.json', service: 'api' },
  { path: '/ws/state/w', service: 'api', isSocket: true },
  { path: '/collab', service: 'collab-server', isSocket: true },
  { path: '/yjs/w/p', service: 'collab-server', isSocket: true },
  { path: '/git/w.git/info/refs', service: 'snapshots' },
  { path: '/', service: 'studio' },
  { path: '/workspaces/w', service: 'studio' },
  { path: '/assets/index-0a1b2c3d.js', service: 'studio' },
  { path: '/apiary', service: 'studio' },
  { path: '/collaborators', service: 'studio' },
  { path: '/gitter', service: 'studio' },
  { path: '/health/live', service: 'studio' },
  { path: '/health/ready', service: 'studio' },
  { path: '/metrics', service: 'studio' },
]
