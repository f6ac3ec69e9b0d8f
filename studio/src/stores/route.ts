/** Where the person is. The address bar says the same. */
export type Route =
  | { readonly at: 'start' }
  | { readonly at: 'workspace'; readonly workspaceId: string; readonly panelId: string | null }
  | { readonly at: 'sign-up' }
  | { readonly at: 'unknown'; readonly path: string }

const ID = /^[A-Za-z0-9_-]{1,128}$/

/** Never throws; an address nobody knows is `unknown`. Query and fragment do not matter. */
export function parseRoute(path: string): Route {
  const [pathname = ''] = path.split(/[?#]/)
  const parts = pathname.split('/').filter((part) => part !== '')
  if (parts.length === 0) return { at: 'start' }
  const [first, workspaceId = '', kind, panelId = ''] = parts
  if (first === 'sign-up' && parts.length === 1) return { at: 'sign-up' }
  if (first === 'w' && ID.test(workspaceId)) {
    if (parts.length === 2) return { at: 'workspace', workspaceId, panelId: null }
    if (parts.length === 4 && kind === 'p' && ID.test(panelId))
      return { at: 'workspace', workspaceId, panelId }
  }
  return { at: 'unknown', path: pathname }
}

export function toPath(route: Route): string {
  switch (route.at) {
    case 'start':
      return '/'
    case 'sign-up':
      return '/sign-up'
    case 'workspace':
      return route.panelId === null ? `/w/${route.workspaceId}` : `/w/${route.workspaceId}/p/${route.panelId}`
    case 'unknown':
      return route.path
  }
}
