import { mkdtemp, rm } from 'node:fs/promises'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebsocketProvider } from 'y-websocket'
import * as Y from 'yjs'
import {
  type Account,
  createFreeFormPanel,
  type NexusProcess,
  requestJson,
  signUp,
  startNexus,
} from './kit/index.ts'

let dataDir: string
let nexus: NexusProcess
let owner: Account
let panelId: string
let tokens: Record<Caller, string>

/** What every path but the API's own answers a caller with: the way in, or a code. */
type Outcome = 'writes' | 'reads' | number

const UNKNOWN: Row = { socket: 401, collab: 4401, yjs: 4401, events: 401, git: 401 }
const HIDDEN: Row = { socket: 404, collab: 4404, yjs: 4404, events: 404, git: 404 }
const READS: Row = { socket: 'reads', collab: 'reads', yjs: 'reads', events: 'reads', git: 'reads' }
const WRITES: Row = { ...READS, collab: 'writes', yjs: 'writes' }
/** A key for the workspace without the scope that Git needs. */
const NO_CLONE = { git: 403 } as const

interface Row {
  readonly socket: Outcome
  readonly collab: Outcome
  readonly yjs: Outcome
  readonly events: Outcome
  readonly git: Outcome
}

/** Who may come in where, by which path. */
const TABLE = {
  'no token': UNKNOWN,
  'made-up token': UNKNOWN,
  'unsigned token': UNKNOWN,
  'token of an ended session': UNKNOWN,
  'made-up key': UNKNOWN,
  'revoked key': UNKNOWN,
  stranger: HIDDEN,
  'key of the owner for another workspace': HIDDEN,
  viewer: READS,
  editor: WRITES,
  owner: WRITES,
  'key: read': { ...READS, ...NO_CLONE },
  'key: write': { ...WRITES, ...NO_CLONE },
  'key: admin': { ...WRITES, ...NO_CLONE },
  'key: git': { socket: 403, collab: 4403, yjs: 4403, events: 403, git: 'reads' },
  'key of the viewer: admin': { ...READS, ...NO_CLONE },
} as const satisfies Record<string, Row>
type Caller = keyof typeof TABLE
const CALLERS = Object.keys(TABLE) as Caller[]

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'nexus-authorization-'))
  nexus = await startNexus({ dataDir })
  owner = await signUp(nexus.url)
  panelId = await createFreeFormPanel(nexus.url, owner)
  tokens = await makeTokens()
})

afterAll(async () => {
  await nexus?.stop()
  await rm(dataDir, { recursive: true, force: true })
})

const asked = async (method: string, path: string, token: string, body?: unknown) => {
  const answer = await requestJson<Record<string, string>>(nexus.url + path, { method, token, body })
  if (answer.status >= 400) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`)
  return answer.body ?? {}
}

async function joinAs(role: 'editor' | 'viewer'): Promise<Account> {
  const guest = await signUp(nexus.url)
  const path = `/api/workspaces/${owner.workspaceId}/members`
  const { token } = await asked('POST', path, owner.accessToken, { email: guest.email, role })
  await asked('POST', '/api/invitations/accept', guest.accessToken, { token })
  return guest
}

async function makeTokens(): Promise<Record<Caller, string>> {
  const [editor, viewer] = [await joinAs('editor'), await joinAs('viewer')]
  const [stranger, gone] = [await signUp(nexus.url), await signUp(nexus.url)]
  const keyOf = async ({ accessToken }: Account, body: object) =>
    asked('POST', '/api/keys', accessToken, { name: 'test', ...body })
  const scoped = async (who: Account, scope: string) => (await keyOf(who, { scopes: [scope] })).key ?? ''
  const revoked = await keyOf(owner, { scopes: ['admin'] })
  await asked('DELETE', `/api/keys/${revoked.id}`, owner.accessToken)
  await asked('POST', '/api/auth/logout', gone.accessToken, {})
  const other = await asked('POST', '/api/workspaces', owner.accessToken, { name: 'Other' })
  const elsewhere = await keyOf(owner, { scopes: ['admin', 'git'], workspaceIds: [other.id] })
  const [, claims = ''] = owner.accessToken.split('.')
  return {
    'no token': '',
    'made-up token': 'nonsense',
    'unsigned token': `${Buffer.from('{"alg":"none"}').toString('base64url')}.${claims}.`,
    'token of an ended session': gone.accessToken,
    'made-up key': `nxs_${'a'.repeat(43)}`,
    'revoked key': revoked.key ?? '',
    stranger: stranger.accessToken,
    'key of the owner for another workspace': elsewhere.key ?? '',
    viewer: viewer.accessToken,
    editor: editor.accessToken,
    owner: owner.accessToken,
    'key: read': await scoped(owner, 'read'),
    'key: write': await scoped(owner, 'write'),
    'key: admin': await scoped(owner, 'admin'),
    'key: git': await scoped(owner, 'git'),
    'key of the viewer: admin': await scoped(viewer, 'admin'),
  }
}

const socketOrigin = (): string => nexus.url.replace(/^http/, 'ws')

/** A refusal is an answer over HTTP, which a browser's WebSocket does not tell. */
function upgradeStatus(path: string): Promise<number> {
  const headers = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  }
  const answer = Promise.withResolvers<number>()
  const request = get(nexus.url + path, { headers })
  request.once('upgrade', (_response, socket) => {
    socket.destroy()
    answer.resolve(101)
  })
  request.once('response', ({ statusCode = 0 }) => answer.resolve(statusCode))
  request.once('error', answer.reject)
  return answer.promise
}

async function bySocket(token: string): Promise<Outcome> {
  const path = `/ws/state/${owner.workspaceId}?token=${token}`
  const status = await upgradeStatus(path)
  if (status !== 101) return status
  const socket = new WebSocket(socketOrigin() + path)
  const answer = Promise.withResolvers<Outcome>()
  socket.onopen = () => socket.send(JSON.stringify({ type: 'subscribe', panelId }))
  socket.onmessage = ({ data }) =>
    answer.resolve(JSON.parse(String(data)).type === 'state_sync' ? 'reads' : status)
  const outcome = await answer.promise
  socket.close()
  return outcome
}

async function byCollab(token: string): Promise<Outcome> {
  const socket = new HocuspocusProviderWebsocket({ url: `${socketOrigin()}/collab` })
  const document = `${owner.workspaceId}/${panelId}`
  const provider = new HocuspocusProvider({ websocketProvider: socket, name: document, token })
  const answer = Promise.withResolvers<Outcome>()
  provider.on('authenticated', () =>
    answer.resolve(provider.authorizedScope === 'readonly' ? 'reads' : 'writes'),
  )
  provider.on('authenticationFailed', ({ reason }: { reason: string }) =>
    answer.resolve({ unauthorized: 4401, forbidden: 4403, not_found: 4404 }[reason] ?? 4000),
  )
  provider.attach()
  const outcome = await answer.promise
  provider.destroy()
  socket.destroy()
  return outcome
}

/** What a reader writes is looked for when everybody has written. */
async function byYjs(token: string, caller: Caller, tried: Set<string>): Promise<Outcome> {
  const document = new Y.Doc()
  const provider = new WebsocketProvider(`${socketOrigin()}/yjs/${owner.workspaceId}`, panelId, document, {
    params: { token },
    disableBc: true,
  })
  const answer = Promise.withResolvers<Outcome>()
  provider.on('sync', (isSynced: boolean) => isSynced && answer.resolve('reads'))
  provider.on('connection-close', (event) => answer.resolve(event?.code ?? 4000))
  const outcome = await answer.promise
  if (outcome === 'reads') {
    tried.add(caller)
    document.getMap('state').set(caller, true)
    // On its way before the socket closes.
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  provider.destroy()
  return outcome
}

async function statusOf(path: string, token: string): Promise<Outcome> {
  const giveUp = new AbortController()
  const headers = token === '' ? {} : { authorization: `Bearer ${token}` }
  const response = await fetch(nexus.url + path, { headers, signal: giveUp.signal })
  giveUp.abort()
  return response.status === 200 ? 'reads' : response.status
}

test('[AUT4] every socket and Git path lets in exactly whom the roles and scopes do', async () => {
  const panel = `/api/state/${owner.workspaceId}/${panelId}`
  const tried = new Set<string>()
  const found: Partial<Record<Caller, Row>> = {}
  for (const caller of CALLERS) {
    const token = tokens[caller]
    found[caller] = {
      socket: await bySocket(token),
      collab: await byCollab(token),
      yjs: await byYjs(token, caller, tried),
      events: await statusOf(`${panel}/events`, token),
      git: await statusOf(`/git/${owner.workspaceId}.git/info/refs?service=git-upload-pack`, token),
    }
  }
  const { state } = (await asked('GET', panel, owner.accessToken)) as unknown as {
    state: { $state: Record<string, unknown> }
  }
  for (const caller of CALLERS) {
    const row = found[caller]
    if (row !== undefined && tried.has(caller) && state.$state[caller] === true)
      found[caller] = { ...row, yjs: 'writes' }
  }
  expect(found).toEqual(TABLE)
})
