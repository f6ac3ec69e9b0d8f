import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  type CommitDiffs,
  createNodeId,
  ERROR_FIELDS,
  type Fanout,
  parseWorkspaceId,
  type StateCache,
  toUserId,
  type UpdateLog,
} from '@nexus/core'
import type { SignedInView } from '@nexus/core/http-contract'
import { createMemoryFanout } from '@nexus/core/memory'
import { createLogger, createUnreadMetrics, type Logger, type Metrics } from '@nexus/core/server'
import { createSqlUpdateLog, type Db } from '@nexus/core/sql'
import { afterEach } from 'vitest'
import { type ApiOptions, createApi } from '../app.ts'

export const TEST_SECRET = 'a secret that is long enough for tests'

export interface Answer {
  readonly status: number
  readonly headers: Headers
  /** Parsed JSON; text when it is none; `null` without a body. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape, and a wrong guess fails them.
  readonly body: any
}

interface CallOptions {
  readonly body?: unknown
  /** Sent as it is, without `content-type`. */
  readonly raw?: string | Uint8Array<ArrayBuffer>
  readonly token?: string | null
  readonly headers?: Record<string, string>
}

export interface TestApi {
  readonly url: string
  drain(): Promise<void>
  call(method: string, path: string, options?: CallOptions): Promise<Answer>
}

interface TestApiOptions {
  readonly db: Db
  readonly log?: UpdateLog
  readonly fanout?: Fanout
  readonly logger?: Logger
  readonly metrics?: Metrics
  readonly states?: StateCache
  readonly commitDiffs?: CommitDiffs
  readonly options?: Partial<ApiOptions>
  readonly now?: () => Date
  readonly snapshotWaitMs?: number
  /** Mails become files there, with links to `https://nexus.test`. Absent: no mail is sent. */
  readonly mailFolder?: string
}

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

/** One `api` on a port of its own, as a process would serve it; closed after the test. Rate limits are off. */
export async function startTestApi(given: TestApiOptions): Promise<TestApi> {
  const { db, now, snapshotWaitMs } = given
  const api = await createApi({
    db,
    log: given.log ?? createSqlUpdateLog(db),
    fanout: given.fanout ?? createMemoryFanout(),
    nodeId: createNodeId(),
    metrics: given.metrics ?? createUnreadMetrics(),
    states: given.states ?? null,
    commitDiffs: given.commitDiffs ?? null,
    ownMachine:
      given.mailFolder === undefined
        ? null
        : { origin: () => 'https://nexus.test', mailFolder: given.mailFolder },
    logger: given.logger ?? createLogger({ service: 'api', level: 'silent' }),
    options: {
      AUTH_SECRET: TEST_SECRET,
      RATE_LIMIT_AUTH_PER_ADDRESS: 0,
      RATE_LIMIT_AUTH_PER_ACCOUNT: 0,
      RATE_LIMIT_SIGNUPS_PER_ADDRESS: 0,
      RATE_LIMIT_WRITES_PER_USER: 0,
      RATE_LIMIT_WRITES_PER_KEY: 0,
      RATE_LIMIT_MAILS_PER_ACCOUNT: 0,
      LOGIN_DELAY_AFTER_FAILURES: 0,
      LOGIN_DELAY_AFTER_FAILURES_PER_ADDRESS: 0,
      ...given.options,
    },
    overrides: {
      ...(now === undefined ? {} : { clock: { now } }),
      ...(snapshotWaitMs === undefined ? {} : { snapshotWaitMs }),
    },
  })
  await api.start()
  const server = createServer(api.handleRequest)
  server.on('upgrade', (request, socket, head) => {
    if (api.handleUpgrade?.(request, socket, head) !== true) socket.destroy()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(async () => {
    await api[Symbol.asyncDispose]()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    drain: () => api.drain(),
    call: (method, path, options = {}) => call(url + path, method, options),
  }
}

async function call(
  url: string,
  method: string,
  { body, raw, token, headers }: CallOptions,
): Promise<Answer> {
  const content = raw ?? (body === undefined ? undefined : JSON.stringify(body))
  const response = await fetch(url, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...headers,
    },
    ...(content === undefined ? {} : { body: content }),
  })
  const answer = { status: response.status, headers: response.headers, body: parsed(await response.text()) }
  refuseUnlistedFields(answer)
  return answer
}

const STANDARD_FIELDS = ['type', 'title', 'status', 'code', 'detail', 'requestId']

/** Every refusal that any test meets has only fields that docs/errors.md lists for its code. */
function refuseUnlistedFields({ status, body }: Answer): void {
  if (status < 400 || typeof body !== 'object' || body === null) return
  const unlisted = Object.keys(body).filter((name) => {
    const codes = Object.entries(ERROR_FIELDS).find(([field]) => field === name)?.[1].codes ?? []
    return !STANDARD_FIELDS.includes(name) && codes !== 'any' && !codes.includes(body.code)
  })
  if (unlisted.length > 0) throw new Error(`A problem has fields nobody lists: ${JSON.stringify(body)}`)
}

function parsed(text: string): unknown {
  if (text === '') return null
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

export interface Person {
  readonly token: string
  readonly sessionToken: string
  readonly userId: ReturnType<typeof toUserId>
  readonly email: string
  /** The first workspace. */
  readonly workspaceId: string
  call(method: string, path: string, options?: CallOptions): Promise<Answer>
}

let people = 0
export const PASSWORD = 'correct horse battery'

/** Somebody who has signed up a moment ago. */
export async function signUp(api: TestApi): Promise<Person> {
  people += 1
  const email = `person${people}.${process.pid}@example.org`
  const answer = await api.call('POST', '/api/auth/signup', {
    body: { email, password: PASSWORD, name: `Person ${people}` },
    headers: { 'x-client': 'api' },
  })
  if (answer.status !== 201) throw new Error(`Sign-up failed: ${JSON.stringify(answer.body)}`)
  const view: SignedInView = answer.body
  return {
    token: view.accessToken,
    sessionToken: view.sessionToken ?? '',
    userId: toUserId(view.user.id),
    email,
    workspaceId: view.workspace?.id ?? '',
    call: (method, path, options = {}) => api.call(method, path, { token: view.accessToken, ...options }),
  }
}

/** Makes `guest` a member of the workspace of `host`. */
export async function invite(db: Db, host: Person, guest: Person, role: 'editor' | 'viewer'): Promise<void> {
  const workspaceId = parseWorkspaceId(host.workspaceId)
  if (workspaceId === null) throw new Error('The host has no workspace.')
  await db
    .insertInto('workspace_members')
    .values({ workspace_id: workspaceId, user_id: guest.userId, role })
    .execute()
}

/** A panel of the person's first workspace; free-form unless `nxmlSource` is given. */
export async function somePanel(person: Person, content: Record<string, unknown> = {}) {
  const answer = await person.call('POST', '/api/panels', {
    body: { workspaceId: person.workspaceId, ...content },
  })
  if (answer.status !== 201) throw new Error(`No panel: ${JSON.stringify(answer.body)}`)
  const panelId: string = answer.body.id
  const path = `/api/state/${person.workspaceId}/${panelId}`
  return {
    panelId,
    path,
    read: (query = '') => person.call('GET', path + query),
    put: (body: unknown, headers: Record<string, string> = {}) => person.call('PUT', path, { body, headers }),
    patch: (body: unknown, headers: Record<string, string> = {}) =>
      person.call('PATCH', path, {
        body,
        headers: { 'content-type': 'application/json-patch+json', ...headers },
      }),
    merge: (body: unknown, query = '') =>
      person.call('PATCH', path + query, {
        body,
        headers: { 'content-type': 'application/merge-patch+json' },
      }),
  }
}

export type TestPanel = Awaited<ReturnType<typeof somePanel>>
