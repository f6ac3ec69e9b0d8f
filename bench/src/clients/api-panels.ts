import { Agent, type IncomingHttpHeaders, request } from 'node:http'
import { createRandom, type Random } from '@nexus/core/testkit'
import { type Account, createFreeFormPanel, signUp, startService } from '@nexus/e2e/kit'
import { emptyRedis } from '../measure/redis-stats.ts'
import { startBackEnds } from '../sides/back-ends.ts'

/** Every scenario of the API draws from this, so that it asks the same every time. */
export const SEED = 20_261
const ITEMS = 100
const AT_ONCE = 50
const PATCH_TYPE = { 'content-type': 'application/json-patch+json' }

/** `api` processes on one PostgreSQL with fsync and one Redis. */
export interface ApiCluster {
  readonly urls: readonly string[]
  readonly account: Account
  /** Starts one more, which has nothing in memory. */
  startFresh(): Promise<{ readonly url: string; kill(): Promise<void> }>
  /** Takes everything out of Redis. */
  emptyRedis(): Promise<void>
}

export async function withApis<T>(count: number, use: (cluster: ApiCluster) => Promise<T>): Promise<T> {
  const backEnds = await startBackEnds()
  const startFresh = () =>
    startService('api', {
      DATABASE_URL: backEnds.databaseUrl,
      REDIS_URL: backEnds.redisUrl,
      AUTH_SECRET: 'a secret of at least 32 characters',
      RATE_LIMIT_AUTH_PER_ADDRESS: '0',
      RATE_LIMIT_SIGNUPS_PER_ADDRESS: '0',
      RATE_LIMIT_WRITES_PER_USER: '0',
      RATE_LIMIT_WRITES_PER_KEY: '0',
    })
  const apis = await Promise.all(Array.from({ length: count }, startFresh))
  try {
    const urls = apis.map(({ url }) => url)
    const [url] = urls
    if (url === undefined) throw new Error('a cluster needs an api')
    return await use({
      urls,
      account: await signUp(url),
      startFresh,
      emptyRedis: () => emptyRedis(backEnds.redisUrl),
    })
  } finally {
    await Promise.all(apis.map((api) => api.kill()))
    await backEnds.stop()
  }
}

/** A panel as one program sees it, by one `api`. */
export interface ApiPanel {
  readonly id: string
  /** Path of its state. */
  readonly path: string
  readonly token: string
}

/** About 10 kB of JSON: 100 items of 100 characters. */
export const tenKilobytes = (salt = 0) => ({
  items: Array.from({ length: ITEMS }, (_, index) => ({
    id: `i${index}`,
    title: `Item number ${index} with a title`,
    done: index % 2 === 0,
    rank: index + salt,
    note: 'some words about it',
  })),
})

export async function newPanel(
  { urls, account }: ApiCluster,
  state: Record<string, unknown>,
): Promise<ApiPanel> {
  const [url = ''] = urls
  const id = await createFreeFormPanel(url, account, state)
  return { id, path: `/api/state/${account.workspaceId}/${id}`, token: account.accessToken }
}

interface Wanted {
  readonly method?: string
  readonly token: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** One that costs this process little: it shares the machine with what is measured. */
const agent = new Agent({ keepAlive: true })

/** One request that must be answered 200; what it says is read when it is looked at. */
export function ask<T = Record<string, unknown>>(
  url: string,
  { method = 'GET', token, headers = {}, body }: Wanted,
): Promise<{ readonly headers: IncomingHttpHeaders; body(): T }> {
  const text = body === undefined ? null : JSON.stringify(body)
  const sent = {
    authorization: `Bearer ${token}`,
    ...(text === null
      ? {}
      : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) }),
    ...headers,
  }
  return new Promise((resolve, reject) => {
    const sending = request(url, { agent, method, headers: sent }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.once('error', reject)
      response.once('end', () => {
        const read = (): string => Buffer.concat(chunks).toString()
        if (response.statusCode === 200)
          resolve({ headers: response.headers, body: () => JSON.parse(read()) })
        else reject(new Error(`${method} ${url} answered ${response.statusCode}: ${read()}`))
      })
    })
    sending.once('error', reject)
    sending.end(text ?? undefined)
  })
}

/** @returns The version it has become. */
export function patch(
  url: string,
  panel: ApiPanel,
  operations: readonly unknown[],
  base?: number,
): Promise<number> {
  return ask<{ version: number }>(`${url}${panel.path}`, {
    method: 'PATCH',
    token: panel.token,
    headers: PATCH_TYPE,
    body: base === undefined ? operations : { patches: operations, version: base },
  }).then(({ body }) => body().version)
}

/** What people do to such a list: set a value, retitle; now and then put in, and take out again, so that it stays as long. */
export function operationOf(index: number, random: Random): object {
  // Requests of one moment may change places, so that the list may be some items short.
  const at = random.below(ITEMS - AT_ONCE)
  const title = `Item ${random.below(1e6)} by a new title`
  const step = index % 10
  if (step === 4)
    return {
      op: 'add',
      path: `/$state/items/${at}`,
      value: { id: `n${index}`, title, done: false, rank: at },
    }
  if (step === 9) return { op: 'remove', path: `/$state/items/${at}` }
  return step < 7
    ? { op: 'replace', path: `/$state/items/${at}/rank`, value: random.below(1e6) }
    : { op: 'replace', path: `/$state/items/${at}/title`, value: title }
}

/** Gives a panel a history, one version an operation, many at once. */
export async function age(url: string, panel: ApiPanel, versions: number): Promise<void> {
  const random = createRandom(SEED)
  for (let done = 1; done < versions; done += AT_ONCE) {
    const count = Math.min(AT_ONCE, versions - done)
    await Promise.all(
      Array.from({ length: count }, (_, index) => patch(url, panel, [operationOf(index, random)])),
    )
  }
}
