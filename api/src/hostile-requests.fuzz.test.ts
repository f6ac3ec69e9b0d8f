import { gzipSync } from 'node:zlib'
import { problemSchema } from '@nexus/core/http-contract'
import { createRandom, type Random, withTestDatabase } from '@nexus/core/testkit'
import { sql } from 'kysely'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { createOpenApiDocument } from './openapi/openapi-document.ts'
import { BROKEN, HEADERS, HOSTILE, TYPES } from './testkit/hostile-values.ts'
import { newMailFolder } from './testkit/read-mails.ts'
import { exampleOf, type Schema } from './testkit/schema-example.ts'
import { sendRaw } from './testkit/send-raw.ts'
import { PASSWORD, type Person, signUp, somePanel, startTestApi, type TestApi } from './testkit/test-api.ts'

const database = withTestDatabase()
const SEED = Number(process.env.FUZZ_SEED ?? Date.now() % 1_000_000)
const ROUNDS = Number(process.env.FUZZ_ROUNDS ?? 1_500)
const HOW = `FUZZ_SEED=${SEED} FUZZ_ROUNDS=${ROUNDS} npx vitest run --project fuzz api/src/hostile-requests`

const MEGABYTE = 1_000_000
/** What nobody should have to read: far too large, and far too large once it is unpacked. */
const HUGE = Buffer.from(`{"state":{"$state":{"x":"${'x'.repeat(20 * MEGABYTE)}"}}}`)
const BOMB = gzipSync(HUGE)
const NOT_UTF8 = Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xc3, 0x28, 0xff, 0x22, 0x7d])

interface Operation {
  readonly method: string
  readonly path: string
  readonly id: string
  /** Media type → schema. */
  readonly bodies: readonly (readonly [string, Schema])[]
  readonly query: readonly string[]
  /** Those of `query` without which nothing is answered. */
  readonly required: readonly string[]
}

/** Every operation there is, by the document that lists every route. */
function operations(): { all: Operation[]; schemas: Record<string, Schema> } {
  const document = createOpenApiDocument() as unknown as {
    paths: Record<
      string,
      Record<
        string,
        {
          operationId: string
          parameters?: { name: string; in: string; required?: boolean }[]
          requestBody?: { content: Record<string, { schema: Schema }> }
        }
      >
    >
    components: { schemas: Record<string, Schema> }
  }
  const all = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      id: operation.operationId,
      bodies: Object.entries(operation.requestBody?.content ?? {}).map(
        ([type, { schema }]) => [type, schema] as const,
      ),
      ...queryOf(operation.parameters ?? []),
    })),
  )
  return { all, schemas: document.components.schemas }
}

function queryOf(parameters: readonly { name: string; in: string; required?: boolean }[]) {
  const query = parameters.filter((parameter) => parameter.in === 'query')
  return {
    query: query.map(({ name }) => name),
    required: query.filter(({ required }) => required === true).map(({ name }) => name),
  }
}

/** Whom and what requests are about. What they end is made anew each time. */
async function createWorld(api: TestApi) {
  const ann = await signUp(api)
  const stranger = await signUp(api)
  const panel = await somePanel(ann, { initialState: { n: 1, list: [1] } })
  const theirs = await somePanel(stranger, { initialState: { secret: 1 } })
  const wordOf = (random: Random, name: string): string => {
    if (name === 'panelId') return random.below(8) > 0 ? panel.panelId : random.pick([theirs.panelId, 'x'])
    if (name === 'workspaceId')
      return random.below(8) > 0 ? ann.workspaceId : random.pick([stranger.workspaceId, 'x'])
    if (name === 'email') return random.pick([ann.email, 'taken@example.org', 'nobody'])
    if (name === 'password') return random.pick([PASSWORD, 'wrong'])
    if (name === 'nxmlSource') return '<NexusPanel title="x"/>'
    return random.pick(['x', 'a longer text', '/$state/n', ann.workspaceId])
  }
  /** For requests that end what they are about. */
  const throwaway = async (): Promise<{ by: Person; ids: Record<string, string> }> => {
    const by = await signUp(api)
    const own = await somePanel(by, { initialState: {} })
    return { by, ids: { workspaceId: by.workspaceId, panelId: own.panelId } }
  }
  return { ann, stranger, panel, wordOf, throwaway }
}
type World = Awaited<ReturnType<typeof createWorld>>

const ENDS_SOMETHING = new Set([
  'DELETE /api/workspaces/{workspaceId}',
  'DELETE /api/panels/{panelId}',
  'POST /api/auth/logout',
  'POST /api/auth/logout-everywhere',
  'POST /api/auth/password',
  'DELETE /api/auth/me',
  'DELETE /api/workspaces/{workspaceId}/members/{userId}',
])
const HOSTILE_SEGMENTS = [
  '%00',
  '%ED%A0%80',
  '%zz',
  '..%2f..%2fetc',
  '%2e%2e',
  '__proto__',
  'x'.repeat(4_000),
  '%F0%9F%92%A9',
  "';--",
  '',
]
const HOSTILE_QUERY = [
  '',
  '1',
  '-1',
  '%00',
  '%ED%A0%80',
  '%zz',
  '1e9',
  '/$state/n',
  '/',
  '~',
  'null',
  '99999999999999999999',
  '2030-01-01T00:00:00Z',
  'x'.repeat(3_000),
]

async function somePath(random: Random, operation: Operation, world: World) {
  const key = `${operation.method} ${operation.path}`
  const target = ENDS_SOMETHING.has(key) ? await world.throwaway() : null
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    if (random.below(12) === 0) return random.pick(HOSTILE_SEGMENTS)
    return encodeURIComponent(target?.ids[name] ?? world.wordOf(random, name))
  })
  return {
    path: path + someQuery(random, operation),
    by: target?.by ?? (random.below(12) === 0 ? world.stranger : world.ann),
  }
}

function someQuery(random: Random, { query, required }: Operation): string {
  if (random.below(3) > 0)
    return required.length === 0 ? '' : `?${required.map((name) => `${name}=1`).join('&')}`
  const name = random.pick([...query, ...query, '__proto__', 'x[y]', 'toString'])
  const value = random.pick(HOSTILE_QUERY)
  return `?${name}=${value}${random.below(4) === 0 ? `&${name}=2` : ''}`
}

interface SomeBody {
  readonly type: string | null
  readonly encoding?: string
  readonly body: Buffer | null
}

/** Fine but for one hostile member, wholly hostile, not JSON, not text, packed, or too large. */
function someBody(random: Random, { bodies }: Operation, tools: Parameters<typeof exampleOf>[1]): SomeBody {
  const [declared, schema] = bodies.length === 0 ? (['application/json', {}] as const) : random.pick(bodies)
  if (bodies.length === 0 && random.below(3) > 0) return { type: null, body: null }
  const type = random.below(5) === 0 ? random.pick(TYPES) : declared
  const kind = random.below(60)
  if (kind === 0) return { type, body: HUGE }
  if (kind === 1) return { type, body: BOMB, encoding: 'gzip' }
  if (kind === 2) return { type, body: NOT_UTF8 }
  if (kind === 3) return { type, body: BOMB.subarray(0, 500), encoding: 'gzip' }
  if (kind < 10) return { type, body: Buffer.from(random.pick(BROKEN)) }
  if (kind < 22) return { type, body: Buffer.from(random.pick(HOSTILE)) }
  const fine = exampleOf(schema, tools)
  if (kind < 40 || typeof fine !== 'object' || fine === null || Array.isArray(fine))
    return { type, body: Buffer.from(JSON.stringify(fine ?? null)) }
  const victim = random.pick([...Object.keys(fine), 'extra', '__proto__'])
  const members = Object.entries(fine).map(([key, value]) => [key, JSON.stringify(value)] as const)
  const changed = [...members.filter(([key]) => key !== victim), [victim, random.pick(HOSTILE)] as const]
  return {
    type,
    body: Buffer.from(`{${changed.map(([key, text]) => `${JSON.stringify(key)}:${text}`).join(',')}}`),
  }
}

function someHeaders(random: Random, token: string): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = { authorization: `Bearer ${token}` }
  if (random.below(4) > 0) return headers
  const name = random.pick(Object.keys(HEADERS))
  const value = random.pick(HEADERS[name] ?? [''])
  headers[name] = random.below(4) === 0 ? [value, value] : value
  return headers
}

/** Everything a refused request must leave as it was. */
async function fingerprint(): Promise<unknown> {
  const { rows } = await sql`
    select (select count(*) from users) as users,
           (select count(*) from workspaces where deleted_at is null) as workspaces,
           (select coalesce(sum(hashtext(name || description || status)), 0) from workspaces) as described,
           (select coalesce(sum(hashtext(name || position::text)), 0) from panels where deleted_at is null) as panels,
           (select count(*) from api_keys) as keys,
           (select count(*) from invitations) as invitations,
           (select coalesce(sum(hashtext(user_id || role)), 0) from workspace_members) as members,
           (select coalesce(sum(hashtext(name || email)), 0) from users where deleted_at is null) as accounts,
           (select sum(version) from panel_states) as versions,
           (select count(*) from state_history) as rows
  `.execute(database.db)
  return rows
}

/** Nobody makes snapshots here, and that is said as it is documented. */
const isSnapshotAwaited = (text: string): boolean => text.includes('No snapshot worker has answered')

/** They need a worker, or a token that only a sign-in gives. */
const UNREACHABLE = new Set(['createSnapshot', 'refresh'])

test('[HTTP12] no hostile request to any route gets an answer from 500 on, and what is refused changes nothing', async () => {
  const random = createRandom(SEED)
  const api = await startTestApi({ db: database.db, snapshotWaitMs: 1, mailFolder: await newMailFolder() })
  const world = await createWorld(api)
  const { all, schemas } = operations()
  const reached = new Map<string, number>()
  const tools = { random, schemas, words: (name: string) => world.wordOf(random, name) }
  for (let round = 0; round < ROUNDS; round += 1) {
    const operation = all[round % all.length] ?? random.pick(all)
    const { path, by } = await somePath(random, operation, world)
    const { type, body, encoding } = someBody(random, operation, tools)
    const headers = {
      ...someHeaders(random, by.token),
      ...(type === null || type === '' ? {} : { 'content-type': type }),
      ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
    }
    const before = await fingerprint()
    const isChunked = random.below(5) === 0
    const what = `${HOW}\nround ${round}: ${operation.method} ${path.slice(0, 300)} ${JSON.stringify(headers).slice(0, 300)} ${body?.subarray(0, 300)}`
    const answer = await sendRaw(api.url, { method: operation.method, path, headers, body, isChunked }).catch(
      (error: unknown) => {
        throw new Error(`${what}\nno answer`, { cause: error })
      },
    )
    const isFine = answer.status < 500 || isSnapshotAwaited(answer.text)
    expect(isFine, `${what}\n${answer.status} ${answer.text.slice(0, 500)}`).toBe(true)
    if (answer.status >= 400) {
      expect(answer.type, `${what}\n${answer.status} ${answer.text.slice(0, 500)}`).toMatch(
        /^application\/problem\+json/,
      )
      const problem = problemSchema.safeParse(JSON.parse(answer.text))
      expect(problem.success, `${what}\n${answer.text.slice(0, 500)}`).toBe(true)
      if (answer.status < 500) expect(await fingerprint(), what).toEqual(before)
    } else reached.set(operation.id, (reached.get(operation.id) ?? 0) + 1)
  }
  expect((await world.panel.read()).status, HOW).toBe(200)
  expect(Reflect.get({}, 'polluted'), HOW).toBeUndefined()
  // The aim was not missed: routes have carried things out too, and in a long run every one that a stranger can use.
  const unreached = all.flatMap(({ id }) => (reached.has(id) || UNREACHABLE.has(id) ? [] : [id]))
  expect(unreached.length, HOW).toBeLessThan(all.length / 2)
  if (ROUNDS >= 8_000) expect(unreached, HOW).toEqual([])
})

test('[HTTP19] no hostile message on a socket hurts the process, the panel or another socket', async () => {
  const random = createRandom(SEED)
  const api = await startTestApi({ db: database.db })
  const ann = await signUp(api)
  const panel = await somePanel(ann, { initialState: { n: 1 } })
  const url = `${api.url.replace('http', 'ws')}/ws/state/${ann.workspaceId}?token=${ann.token}`
  const codes = new Set<number>()
  const open = async (): Promise<WebSocket> => {
    const socket = new WebSocket(url)
    onTestFinished(() => socket.terminate())
    socket.on('close', (code) => codes.add(code))
    await new Promise((resolve, reject) => {
      socket.once('open', resolve)
      socket.once('error', reject)
    })
    return socket
  }
  const good = await open()
  const told: unknown[] = []
  good.on('message', (data) => told.push(JSON.parse(String(data))))
  good.send(JSON.stringify({ type: 'subscribe', panelId: panel.panelId }))
  const before = await fingerprint()
  let bad = await open()
  for (let round = 0; round < ROUNDS / 5; round += 1) {
    if (bad.readyState !== WebSocket.OPEN) bad = await open()
    const members = [
      `"type":${random.pick(['"subscribe"', '"unsubscribe"', '"ping"', random.pick(HOSTILE)])}`,
      `"panelId":${random.pick([`"${panel.panelId}"`, random.pick(HOSTILE)])}`,
      `"fromVersion":${random.pick(['1', random.pick(HOSTILE)])}`,
    ]
    const text = random.pick([`{${members.join(',')}}`, random.pick(HOSTILE), random.pick(BROKEN)])
    const isBinary = random.below(10) === 0
    if (random.below(40) === 0) bad.send(HUGE.subarray(0, 3 * MEGABYTE))
    else bad.send(isBinary ? Buffer.from(text) : text, { binary: isBinary })
    await new Promise(setImmediate)
  }
  expect(await fingerprint(), HOW).toEqual(before)
  // Asked for what nobody has, too large or too often: told so, never an error of ours.
  expect(
    [...codes].filter((code) => code === 1011),
    HOW,
  ).toEqual([])
  await panel.put({ state: { $state: { n: 2 } } })
  await expect.poll(() => told.at(-1), { message: HOW }).toMatchObject({ type: 'state_update', version: 2 })
})
