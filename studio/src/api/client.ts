import { createClient, isApiError } from '@nexus/client'
import { type AccessToken, createAccessToken } from './access-token.ts'
import { createAccountCareApi } from './account-care.ts'
import {
  type Commit,
  type FileDiff,
  type PanelVersion,
  type Restoration,
  toCommit,
  toPanelVersion,
  toRestoration,
} from './history-shapes.ts'
import { createKeysApi } from './keys.ts'
import { createMembersApi } from './members.ts'
import {
  type Account,
  type Admission,
  type DeletedThing,
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

/** Two tabs that renew one session at the same moment take turns. */
const exclusively = <T>(work: () => Promise<T>): Promise<T> =>
  'locks' in navigator ? navigator.locks.request('nexus:renew', work) : work()

const CONNECTION = {
  baseUrl: location.origin,
  // The session cookie goes along.
  credentials: 'same-origin',
  // A person who waits learns soon that the server cannot be reached.
  maxTries: 2,
} as const

interface PanelPlace {
  readonly workspaceId: string
  readonly panelId: string
}

/** Sent again after a lost answer, the request is carried out once. */
const anotherKey = () => ({ 'Idempotency-Key': crypto.randomUUID() })

/** The calls of the studio, by the name of what they do. Each throws {@link ApiError}. */
interface Api {
  readonly token: AccessToken
  readonly care: ReturnType<typeof createAccountCareApi>
  readonly members: ReturnType<typeof createMembersApi>
  readonly keys: ReturnType<typeof createKeysApi>
  /** Called once when the session turns out to be over. */
  onSessionOver(listener: () => void): void
  signUp(person: { email: string; password: string; name: string }): Promise<Admission>
  signIn(person: { email: string; password: string }): Promise<Admission>
  /** Undoes the deletion of an account, and signs in. */
  restoreAccount(person: { email: string; password: string }): Promise<Admission>
  /** The same for who has just tried to sign in to it at the provider. */
  restoreAccountBySso(): Promise<Admission>
  signOut(): Promise<void>
  me(): Promise<Account>
  listWorkspaces(): Promise<WorkspaceSummary[]>
  createWorkspace(workspace: { name: string; description?: string }): Promise<WorkspaceSummary>
  readWorkspace(id: string): Promise<Workspace>
  activateWorkspace(id: string): Promise<Workspace>
  changeWorkspace(
    id: string,
    change: { name?: string; description?: string; status?: 'archived' },
  ): Promise<void>
  deleteWorkspace(id: string): Promise<void>
  restoreDeletedWorkspace(id: string): Promise<void>
  /** The person's own, newest deletion first. */
  listDeletedWorkspaces(): Promise<readonly DeletedThing[]>
  /** Newest deletion first. */
  listDeletedPanels(workspaceId: string): Promise<readonly DeletedThing[]>
  createPanel(panel: {
    workspaceId: string
    name: string
    panelType: string
    nxmlSource?: string
  }): Promise<PanelSummary>
  renamePanel(id: string, name: string): Promise<void>
  deletePanel(id: string): Promise<void>
  /** Makes a panel like it, right behind it. */
  duplicatePanel(id: string): Promise<PanelSummary>
  restorePanel(id: string): Promise<PanelSummary>
  /** Takes it to another workspace of the same owner. */
  movePanel(id: string, workspaceId: string): Promise<void>
  library(): Promise<LibraryEntry[]>
  /** Names of the members of a workspace, by their ids. */
  memberNames(workspaceId: string): Promise<ReadonlyMap<string, string>>
  /** Newest first. */
  listVersions(panel: PanelPlace, page: { limit: number; offset: number }): Promise<PanelVersion[]>
  /** Makes the panel what it was at a version, by a new one. */
  revert(panel: PanelPlace, version: number): Promise<void>
  /** Newest first. */
  listCommits(workspaceId: string, page: { limit: number; before?: string }): Promise<Commit[]>
  readCommitDiff(workspaceId: string, hash: string): Promise<readonly FileDiff[]>
  /** Commits the workspace as it is now. */
  createSnapshot(workspaceId: string): Promise<void>
  restore(
    workspaceId: string,
    from: { gitCommit: string; preview?: boolean; createSnapshot?: boolean },
  ): Promise<Restoration>
}

export function createApi(): Api {
  const open = createClient(CONNECTION).http
  const renew = async () => parseGrant((await open.POST('/api/auth/refresh', { body: {} })).data)
  const token = createAccessToken({ renew, now: Date.now, exclusively })
  const { http } = createClient({ ...CONNECTION, token })
  let announceEnd = (): void => {}

  /** What a call answers; a session that is over is announced. */
  const dataOf = async (call: Promise<{ readonly data?: unknown }>): Promise<unknown> => {
    try {
      return (await call).data
    } catch (error) {
      // A wrong password is a 401 too, and no reason to sign out.
      if (isApiError(error, 'unauthorized')) announceEnd()
      throw error
    }
  }
  const typedOf = async <T>(call: Promise<{ readonly data?: T }>): Promise<T> => {
    const data = await dataOf(call)
    if (data === undefined) throw new Error('The server sent an answer without content.')
    return data as T
  }
  const admit = async (call: Promise<{ readonly data?: unknown }>): Promise<Admission> => {
    const admission = parseAdmission((await call).data)
    token.accept(admission.grant)
    return admission
  }
  const workspace = (workspaceId: string) => ({ params: { path: { workspaceId } } })
  const panel = (panelId: string) => ({ params: { path: { panelId } } })

  const done = async (call: Promise<unknown>): Promise<void> =>
    void (await dataOf(call.then((data) => ({ data }))))

  return {
    token,
    care: createAccountCareApi({ http, open, typedOf, done }),
    members: createMembersApi({ http, open, typedOf, done }),
    keys: createKeysApi({ http, open, typedOf, done }),
    onSessionOver: (listener) => {
      announceEnd = listener
    },
    signUp: (person) => admit(open.POST('/api/auth/signup', { body: person })),
    signIn: (person) => admit(open.POST('/api/auth/login', { body: person })),
    restoreAccount: (person) => admit(open.POST('/api/auth/restore-account', { body: person })),
    restoreAccountBySso: () => admit(open.POST('/api/auth/sso/restore-account')),
    signOut: async () => {
      try {
        await http.POST('/api/auth/logout', { body: {} })
      } catch (error) {
        // Refused: the session is over already.
        if (!isApiError(error) || error.status === 0) throw error
      } finally {
        token.forget()
      }
    },
    me: async () => parseAccount(await dataOf(http.GET('/api/auth/me'))),
    listWorkspaces: async () => parseWorkspaceList(await dataOf(http.GET('/api/workspaces'))),
    createWorkspace: async (body) =>
      parseWorkspaceSummary(await dataOf(http.POST('/api/workspaces', { body }))),
    readWorkspace: async (id) =>
      parseWorkspace(await dataOf(http.GET('/api/workspaces/{workspaceId}', workspace(id)))),
    activateWorkspace: async (id) =>
      parseWorkspace(await dataOf(http.POST('/api/workspaces/{workspaceId}/activate', workspace(id)))),
    changeWorkspace: async (id, body) => {
      await dataOf(http.PATCH('/api/workspaces/{workspaceId}', { ...workspace(id), body }))
    },
    deleteWorkspace: async (id) => {
      await dataOf(http.DELETE('/api/workspaces/{workspaceId}', workspace(id)))
    },
    createPanel: async (body) => parsePanel(await dataOf(http.POST('/api/panels', { body }))),
    renamePanel: async (id, name) => {
      await dataOf(http.PATCH('/api/panels/{panelId}', { ...panel(id), body: { name } }))
    },
    deletePanel: async (id) => {
      await dataOf(http.DELETE('/api/panels/{panelId}', panel(id)))
    },
    duplicatePanel: async (id) =>
      parsePanel(
        await dataOf(
          http.POST('/api/panels/{panelId}/duplicate', { ...panel(id), body: {}, headers: anotherKey() }),
        ),
      ),
    restorePanel: async (id) =>
      parsePanel(await dataOf(http.POST('/api/panels/{panelId}/restore', panel(id)))),
    movePanel: async (id, workspaceId) => {
      await dataOf(http.POST('/api/panels/{panelId}/move', { ...panel(id), body: { workspaceId } }))
    },
    restoreDeletedWorkspace: async (id) => {
      await dataOf(http.POST('/api/workspaces/{workspaceId}/restore-deleted', workspace(id)))
    },
    listDeletedWorkspaces: () => typedOf(http.GET('/api/workspaces/deleted')),
    listDeletedPanels: (id) =>
      typedOf(http.GET('/api/workspaces/{workspaceId}/deleted-panels', workspace(id))),
    library: async () => parseLibrary(await dataOf(http.GET('/api/library'))),
    memberNames: async (id) => {
      const members = await typedOf(http.GET('/api/workspaces/{workspaceId}/members', workspace(id)))
      return new Map(members.map(({ userId, name }) => [userId, name]))
    },
    listVersions: async (path, query) => {
      const { history } = await typedOf(
        http.GET('/api/state/{workspaceId}/{panelId}/history', { params: { path, query } }),
      )
      return history.map(toPanelVersion)
    },
    revert: async (path, targetVersion) => {
      await dataOf(
        http.POST('/api/state/{workspaceId}/{panelId}/revert', {
          params: { path },
          body: { targetVersion, triggeredBy: 'user' },
          headers: anotherKey(),
        }),
      )
    },
    listCommits: async (id, query) => {
      const commits = await typedOf(
        http.GET('/api/workspaces/{workspaceId}/commits', {
          params: { ...workspace(id).params, query },
        }),
      )
      return commits.map(toCommit)
    },
    readCommitDiff: async (workspaceId, hash) => {
      const path = { workspaceId, hash }
      const { files } = await typedOf(
        http.GET('/api/workspaces/{workspaceId}/commits/{hash}/diff', { params: { path } }),
      )
      return files
    },
    createSnapshot: async (id) => {
      await dataOf(
        http.POST('/api/state/{workspaceId}/snapshot', { ...workspace(id), body: {}, headers: anotherKey() }),
      )
    },
    restore: async (id, body) =>
      toRestoration(
        await typedOf(
          http.POST('/api/state/{workspaceId}/restore', {
            ...workspace(id),
            body: { ...body, triggeredBy: 'user' as const },
            headers: anotherKey(),
          }),
        ),
      ),
  }
}
