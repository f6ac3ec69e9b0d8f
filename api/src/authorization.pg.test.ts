import { createOpaqueId, createSnapshotId, parsePanelId, parseWorkspaceId } from '@nexus/core'
import { withTestDatabase } from '@nexus/core/testkit'
import { expect, test } from 'vitest'
import type { Admits } from './openapi/admits.ts'
import { OPERATIONS } from './openapi/openapi-document.ts'
import { CALLER_KINDS, type CallerKind, createCallers } from './testkit/callers.ts'
import { PASSWORD, type Person, signUp, startTestApi, type TestApi } from './testkit/test-api.ts'

const database = withTestDatabase()

/** What the operations are asked about; each has one of its own, so that one may delete what another reads. */
interface World {
  readonly workspaceId: string
  readonly panelId: string
  readonly snapshotId: string
  readonly invitationId: string
  /** Somebody who has just signed up and may read it, for what is done to accounts and members. */
  readonly person: Person
}

interface Request {
  readonly path?: string
  readonly body?: unknown
  readonly type?: string
  /** What those who may are answered, where the world has not all that it takes; else below 400. */
  readonly allowed?: number
}

const COMMIT = 'a'.repeat(40)
const set = (name: string) => [{ op: 'add', path: `/$state/${name}`, value: 1 }]

/** A request that would work, for every operation. */
const REQUESTS: Readonly<Record<string, (world: World) => Request>> = {
  readState: () => ({}),
  replaceState: () => ({ body: { state: { $state: { n: 2 } } } }),
  patchState: () => ({ body: set('m'), type: 'application/json-patch+json' }),
  changeStates: ({ panelId }) => ({ body: { changes: [{ panelId, patches: set('m') }] } }),
  followState: () => ({}),
  readHistory: () => ({}),
  readDiff: () => ({ path: '?from=1&to=1' }),
  readBlame: () => ({}),
  revertState: () => ({ body: { targetVersion: 1 } }),
  readWorkspaceState: () => ({}),
  // Nobody is there to make it.
  createSnapshot: () => ({ body: {}, allowed: 503 }),
  restoreWorkspace: ({ snapshotId }) => ({ body: { snapshotId } }),
  listSnapshots: () => ({}),
  listWorkspaces: () => ({}),
  createWorkspace: () => ({ body: { name: 'New' } }),
  importWorkspace: () => ({ body: 'no archive', type: 'application/zip', allowed: 422 }),
  listMembers: () => ({}),
  inviteMember: () => ({ body: { email: 'new@example.org', role: 'editor' } }),
  changeMember: () => ({ body: { role: 'editor' } }),
  removeMember: () => ({}),
  listInvitations: () => ({}),
  withdrawInvitation: () => ({}),
  readAudit: () => ({}),
  // Nobody has made one for them.
  showInvitation: () => ({ body: { token: 'x' }, allowed: 404 }),
  acceptInvitation: () => ({ body: { token: 'x' }, allowed: 404 }),
  readCommitDiff: () => ({ allowed: 503 }),
  listCommits: () => ({}),
  readWorkspace: () => ({}),
  changeWorkspace: () => ({ body: { name: 'Renamed' } }),
  deleteWorkspace: () => ({}),
  activateWorkspace: () => ({ body: {} }),
  listPanels: () => ({}),
  createPanel: ({ workspaceId }) => ({ body: { workspaceId } }),
  readPanel: () => ({}),
  changePanel: () => ({ body: { name: 'Renamed' } }),
  deletePanel: () => ({}),
  listLibrary: () => ({}),
  listDeletedWorkspaces: () => ({}),
  restoreDeletedWorkspace: () => ({}),
  listDeletedPanels: () => ({}),
  restoreDeletedPanel: () => ({}),
  duplicatePanel: () => ({ body: {} }),
  // To where it is already.
  movePanel: ({ workspaceId }) => ({ body: { workspaceId } }),
  signUp: ({ panelId }) => ({ body: { email: `${panelId}@example.org`, password: PASSWORD, name: 'New' } }),
  logIn: ({ person }) => ({ body: { email: person.email, password: PASSWORD } }),
  refresh: ({ person }) => ({ body: { sessionToken: person.sessionToken } }),
  logOut: ({ person }) => ({ body: { sessionToken: person.sessionToken } }),
  whoAmI: () => ({}),
  readKeys: () => ({}),
  readSignInWays: () => ({}),
  // Nobody else vouches for people here.
  startSso: () => ({ allowed: 404 }),
  finishSso: () => ({ allowed: 404 }),
  restoreAccountBySso: () => ({ allowed: 404 }),
  listApiKeys: () => ({}),
  createApiKey: () => ({ body: { name: 'New' } }),
  readApiKey: () => ({ allowed: 404 }),
  revokeApiKey: () => ({ allowed: 404 }),
  changeAccount: () => ({ body: { name: 'New' } }),
  // The same status as for who is not known, which the code tells apart.
  deleteAccount: () => ({ body: { password: 'not this one' }, allowed: 401 }),
  restoreAccount: ({ person }) => ({ body: { email: person.email, password: PASSWORD } }),
  changePassword: () => ({
    body: { currentPassword: 'not this one', newPassword: 'another one 123' },
    allowed: 401,
  }),
  // Nobody carries mails here.
  forgetPassword: ({ person }) => ({ body: { email: person.email }, allowed: 409 }),
  resetPassword: () => ({ body: { token: 'x', newPassword: 'another one 123' }, allowed: 422 }),
  verifyEmail: () => ({ body: { token: 'x' }, allowed: 422 }),
  requestVerification: () => ({ allowed: 409 }),
  listSessions: () => ({}),
  endSession: () => ({ allowed: 404 }),
  logOutEverywhere: () => ({}),
}

const PEOPLE: readonly CallerKind[] = ['stranger', 'viewer', 'editor', 'owner']
const UNKNOWN = new Set<CallerKind>([
  'no token',
  'made-up token',
  'expired token',
  'token of an ended session',
  'made-up key',
  'expired key',
  'revoked key',
])
const OF_OWNER = 'key of the owner: '

/** Who is let in, in words of roles and scopes. Everybody else among the known is told 403, or 404 as said below. */
const LET_IN: Readonly<Record<Admits, readonly CallerKind[]>> = {
  anyone: CALLER_KINDS,
  caller: CALLER_KINDS.filter((kind) => !UNKNOWN.has(kind)),
  person: PEOPLE,
  reader: CALLER_KINDS.filter((kind) => !UNKNOWN.has(kind) && kind !== `${OF_OWNER}git`),
  founder: [...PEOPLE, `${OF_OWNER}admin`, 'key of the editor: admin', 'key of the viewer: admin'],
  viewer: [
    'viewer',
    'editor',
    'owner',
    `${OF_OWNER}read`,
    `${OF_OWNER}write`,
    `${OF_OWNER}admin`,
    'key of the editor: admin',
    'key of the viewer: admin',
  ],
  editor: ['editor', 'owner', `${OF_OWNER}write`, `${OF_OWNER}admin`, 'key of the editor: admin'],
  owner: ['owner', `${OF_OWNER}admin`],
  lastOwner: ['owner', `${OF_OWNER}admin`],
}
const HIDDEN_FROM: readonly CallerKind[] = ['stranger', 'key of the owner for another workspace']

function expected(admits: Admits, kind: CallerKind): 'let in' | 401 | 403 | 404 {
  if (LET_IN[admits].includes(kind)) return 'let in'
  if (UNKNOWN.has(kind)) return 401
  if (admits === 'lastOwner') return kind.startsWith(OF_OWNER) ? 403 : 404
  const isOfWorkspace = ['viewer', 'editor', 'owner'].includes(admits)
  return isOfWorkspace && HIDDEN_FROM.includes(kind) ? 404 : 403
}

/** A workspace of the host with the same members as the first, and one panel. */
async function someWorld(api: TestApi, host: Person): Promise<World> {
  const { db } = database
  const made = await host.call('POST', '/api/workspaces', { body: { name: 'World' } })
  const workspaceId: string = made.body.id
  const panel = await host.call('POST', '/api/panels', { body: { workspaceId, initialState: { n: 1 } } })
  const [id, panelId] = [parseWorkspaceId(workspaceId), parsePanelId(panel.body.id)]
  if (id === null || panelId === null) throw new Error('No world was made.')
  const members = await db
    .selectFrom('workspace_members')
    .select(['user_id', 'role'])
    .where('workspace_id', '=', parseWorkspaceId(host.workspaceId) ?? id)
    .where('role', '<>', 'owner')
    .execute()
  await db
    .insertInto('workspace_members')
    .values(members.map((member) => ({ ...member, workspace_id: id })))
    .execute()
  const snapshotId = createSnapshotId()
  await db
    .insertInto('state_snapshots')
    .values({
      id: snapshotId,
      workspace_id: id,
      type: 'manual',
      created_by: host.userId,
      state: 'created',
      manifest: JSON.stringify({ [panelId]: 1 }),
      panel_count: 1,
      total_size_bytes: 1,
      git_commit: null,
      git_branch: null,
      error: null,
      completed_at: new Date(),
    })
    .execute()
  await db
    .insertInto('workspace_commits')
    .values({
      workspace_id: id,
      hash: COMMIT,
      number: 1,
      message: 'm',
      author_name: 'a',
      author_email: 'a@example.org',
      committed_at: new Date(),
      panels_changed: 1,
      snapshot_id: null,
      manifest: '{}',
    })
    .execute()
  const person = await signUp(api)
  await db
    .insertInto('workspace_members')
    .values({ workspace_id: id, user_id: person.userId, role: 'viewer' })
    .execute()
  const invitationId = createOpaqueId()
  await db
    .insertInto('invitations')
    .values({
      id: invitationId,
      workspace_id: id,
      email: 'invited@example.org',
      role: 'viewer',
      token_hash: invitationId,
      invited_by: host.userId,
      expires_at: new Date(Date.now() + 60_000),
    })
    .execute()
  return { workspaceId, panelId, snapshotId, invitationId, person }
}

async function statusOf(
  api: TestApi,
  asked: { readonly method: string; readonly path: string; readonly token: string | null } & Request,
): Promise<number> {
  const { body, type = 'application/json' } = asked
  const response = await fetch(api.url + asked.path, {
    method: asked.method.toUpperCase(),
    headers: {
      ...(asked.token === null ? {} : { authorization: `Bearer ${asked.token}` }),
      ...(body === undefined ? {} : { 'content-type': type }),
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  // Some answers never end.
  await response.body?.cancel()
  return response.status
}

test('[AUT1] every operation has a request in this test', () => {
  expect(Object.keys(REQUESTS).toSorted()).toEqual(OPERATIONS.map(({ id }) => id).toSorted())
})

test.each(OPERATIONS)('[AUT2] $id lets in exactly whom the table admits: $admits', async (operation) => {
  const api = await startTestApi({ db: database.db, snapshotWaitMs: 10 })
  const { host, tokens } = await createCallers(api, database.db)
  const answers: unknown[] = []
  const worlds: World[] = []
  for (const _kind of CALLER_KINDS) worlds.push(await someWorld(api, host))
  for (const [at, kind] of CALLER_KINDS.entries()) {
    const world = worlds[at] as World
    if (operation.id === 'restoreDeletedWorkspace')
      await host.call('DELETE', `/api/workspaces/${world.workspaceId}`)
    const request = REQUESTS[operation.id]?.(world) ?? {}
    const path = operation.path
      .replace('{workspaceId}', world.workspaceId)
      .replace('{panelId}', world.panelId)
      .replace('{hash}', COMMIT)
      .replace('{userId}', world.person.userId)
      .replace('{invitationId}', world.invitationId)
      .replace(/\{\w+\}/, createSnapshotId())
    const status = await statusOf(api, {
      ...request,
      method: operation.method,
      path: path + (request.path ?? ''),
      token: tokens[kind],
    })
    const isLetIn = request.allowed === undefined ? status < 400 : status === request.allowed
    answers.push([kind, isLetIn && expected(operation.admits, kind) === 'let in' ? 'let in' : status])
  }
  expect(answers).toEqual(CALLER_KINDS.map((kind) => [kind, expected(operation.admits, kind)]))
})

test('[AUT3] who is not let in changes nothing', async () => {
  const api = await startTestApi({ db: database.db, snapshotWaitMs: 10 })
  const { host, tokens } = await createCallers(api, database.db)
  const world = await someWorld(api, host)
  const all = async () => [
    (await host.call('GET', `/api/workspaces/${world.workspaceId}`)).body,
    (await host.call('GET', `/api/state/${world.workspaceId}/${world.panelId}`)).body,
    (await host.call('GET', `/api/workspaces/${world.workspaceId}/members`)).body,
  ]
  const before = await all()
  for (const operation of OPERATIONS.filter(({ admits }) => admits === 'editor' || admits === 'owner')) {
    if (operation.id === 'restoreDeletedWorkspace')
      await host.call('DELETE', `/api/workspaces/${world.workspaceId}`)
    const request = REQUESTS[operation.id]?.(world) ?? {}
    const path = operation.path
      .replace('{workspaceId}', world.workspaceId)
      .replace('{panelId}', world.panelId)
    for (const kind of CALLER_KINDS.filter((each) => !LET_IN[operation.admits].includes(each)))
      await statusOf(api, { ...request, method: operation.method, path, token: tokens[kind] })
  }
  expect(await all()).toEqual(before)
})
