import { parseWorkspaceId, type WorkspaceId } from '@nexus/core'

/** What Git's "smart" protocol over HTTP asks of one repository. Source: gitprotocol-http(5). */
export type GitRequest =
  /** What there is to fetch. */
  | { readonly kind: 'advertise'; readonly workspaceId: WorkspaceId }
  /** A fetch: what is wanted comes in the body. */
  | { readonly kind: 'fetch'; readonly workspaceId: WorkspaceId }
  /** Not Git's: what a commit did, as JSON, for the API. */
  | { readonly kind: 'diff'; readonly workspaceId: WorkspaceId; readonly hash: string }
  /** A push, which nobody may. */
  | { readonly kind: 'push'; readonly workspaceId: WorkspaceId }

const PATH =
  /^\/git\/([0-9a-f-]{36})(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack|commits\/[0-9a-f]{40}\/diff)$/

/**
 * Nothing of the path but the workspace's id is used any further.
 *
 * @returns `null` for whatever is none of these: other paths and methods, and the old protocol that reads files.
 */
export function parseGitRequest(method: string, url: string): GitRequest | null {
  const [path = '', query = ''] = url.split('?')
  const [, id, action] = PATH.exec(path) ?? []
  const workspaceId = parseWorkspaceId(id)
  if (workspaceId === null) return null
  if (action === 'info/refs') {
    if (method !== 'GET') return null
    const service = new URLSearchParams(query).get('service')
    if (service === 'git-upload-pack') return { kind: 'advertise', workspaceId }
    return service === 'git-receive-pack' ? { kind: 'push', workspaceId } : null
  }
  if (action?.startsWith('commits/') === true)
    return method === 'GET' ? { kind: 'diff', workspaceId, hash: action.slice(8, 48) } : null
  if (method !== 'POST') return null
  return { kind: action === 'git-upload-pack' ? 'fetch' : 'push', workspaceId }
}
