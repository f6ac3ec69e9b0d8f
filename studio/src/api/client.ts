import { type AccessToken, createAccessToken } from './access-token.ts'
import { isApiError, networkError, readProblem } from './problem.ts'
import {
  type Account,
  type Admission,
  type LibraryEntry,
  type PanelSummary,
  parseAccount,
  parseAdmission,
  parseGrant,
  parseLibrary,
  parsePanel,
  parseWorkspace,
  parseWorkspaceList,
  parseWorkspaceSummary,
  type Workspace,
  type WorkspaceSummary,
} from './shapes.ts'

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'

async function send(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, { credentials: 'same-origin', ...init })
  } catch (cause) {
    throw networkError(cause)
  }
}

const withBody = (method: Method, body: unknown, headers: Record<string, string> = {}): RequestInit =>
  body === undefined
    ? { method, headers }
    : { method, headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(body) }

async function readAnswer(response: Response): Promise<unknown> {
  if (!response.ok) throw await readProblem(response)
  return response.status === 204 ? null : response.json()
}

/** Two tabs that renew one session at the same moment take turns. */
const exclusively = <T>(work: () => Promise<T>): Promise<T> =>
  'locks' in navigator ? navigator.locks.request('nexus:renew', work) : work()

const renewGrant = async () =>
  parseGrant(await readAnswer(await send('/api/auth/refresh', withBody('POST', {}))))

/** The calls of the studio, by the name of what they do. Each throws {@link ApiError}. */
interface Api {
  readonly token: AccessToken
  /** Called once when the session turns out to be over. */
  onSessionOver(listener: () => void): void
  signUp(person: { email: string; password: string; name: string }): Promise<Admission>
  signIn(person: { email: string; password: string }): Promise<Admission>
  signOut(): Promise<void>
  me(): Promise<Account>
  listWorkspaces(): Promise<WorkspaceSummary[]>
  createWorkspace(workspace: { name: string; description?: string }): Promise<WorkspaceSummary>
  readWorkspace(id: string): Promise<Workspace>
  activateWorkspace(id: string): Promise<Workspace>
  changeWorkspace(id: string, change: { name?: string; description?: string }): Promise<void>
  deleteWorkspace(id: string): Promise<void>
  createPanel(panel: {
    workspaceId: string
    name: string
    panelType: string
    nxmlSource?: string
  }): Promise<PanelSummary>
  renamePanel(id: string, name: string): Promise<void>
  deletePanel(id: string): Promise<void>
  library(): Promise<LibraryEntry[]>
}

export function createApi(): Api {
  const token = createAccessToken({ renew: renewGrant, now: Date.now, exclusively })
  let announceEnd = (): void => {}

  const withToken = async (path: string, init: RequestInit, text: string): Promise<Response> => {
    const headers = new Headers(init.headers)
    headers.set('authorization', `Bearer ${text}`)
    return send(path, { ...init, headers })
  }

  const request = async (method: Method, path: string, body?: unknown): Promise<unknown> => {
    const init = withBody(method, body)
    try {
      const first = await token.current()
      const response = await withToken(path, init, first)
      if (response.status !== 401) return await readAnswer(response)
      return await readAnswer(await withToken(path, init, await token.replace(first)))
    } catch (error) {
      if (isApiError(error) && error.status === 401) announceEnd()
      throw error
    }
  }

  const admit = async (path: string, body: unknown): Promise<Admission> => {
    const admission = parseAdmission(await readAnswer(await send(path, withBody('POST', body))))
    token.accept(admission.grant)
    return admission
  }

  return {
    token,
    onSessionOver: (listener) => {
      announceEnd = listener
    },
    signUp: (person) => admit('/api/auth/signup', person),
    signIn: (person) => admit('/api/auth/login', person),
    signOut: async () => {
      try {
        const held = await token.current()
        await withToken('/api/auth/logout', { method: 'POST' }, held)
      } finally {
        token.forget()
      }
    },
    me: async () => parseAccount(await request('GET', '/api/auth/me')),
    listWorkspaces: async () => parseWorkspaceList(await request('GET', '/api/workspaces')),
    createWorkspace: async (workspace) =>
      parseWorkspaceSummary(await request('POST', '/api/workspaces', workspace)),
    readWorkspace: async (id) => parseWorkspace(await request('GET', `/api/workspaces/${id}`)),
    activateWorkspace: async (id) => parseWorkspace(await request('POST', `/api/workspaces/${id}/activate`)),
    changeWorkspace: async (id, change) => {
      await request('PATCH', `/api/workspaces/${id}`, change)
    },
    deleteWorkspace: async (id) => {
      await request('DELETE', `/api/workspaces/${id}`)
    },
    createPanel: async (panel) => parsePanel(await request('POST', '/api/panels', panel)),
    renamePanel: async (id, name) => {
      await request('PATCH', `/api/panels/${id}`, { name })
    },
    deletePanel: async (id) => {
      await request('DELETE', `/api/panels/${id}`)
    },
    library: async () => parseLibrary(await request('GET', '/api/library')),
  }
}
