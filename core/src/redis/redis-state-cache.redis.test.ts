import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { Redis } from 'ioredis'
import { describe, expect, inject, onTestFinished, test, vi } from 'vitest'
import { toVersion } from '../model/version.ts'
import { someDocument } from '../testkit/builders.ts'
import { describeStateCache, someState } from '../testkit/describe-state-cache.ts'
import { freePort } from '../testkit/free-port.ts'
import { startRedisCluster } from '../testkit/start-redis-cluster.ts'
import { createRedisStateCache, type StateCacheTrouble } from './redis-state-cache.ts'

/** Longer than a busy machine holds up a test. */
const PATIENT_MS = 10_000

function someCache(options: Partial<Parameters<typeof createRedisStateCache>[0]> = {}) {
  const troubles: StateCacheTrouble[] = []
  const cache = createRedisStateCache({
    url: inject('redisUrl'),
    waitMs: PATIENT_MS,
    maxChars: 100_000,
    onTrouble: (trouble) => troubles.push(trouble),
    ...options,
  })
  return { cache, troubles }
}

/** A connection stands as soon as something put can be got. */
async function whenReady(cache: ReturnType<typeof createRedisStateCache>): Promise<void> {
  const { document } = someDocument()
  await vi.waitFor(
    async () => {
      cache.put(document, someState())
      expect(await cache.get(document, someState())).toEqual(someState())
    },
    { timeout: 10_000 },
  )
}

async function twoProcesses(url: string) {
  const [here, there] = [someCache({ url }).cache, someCache({ url }).cache]
  await Promise.all([whenReady(here), whenReady(there)])
  return { here, there, close: async () => void (await Promise.all([here.close(), there.close()])) }
}

describeStateCache('Redis, two processes', () => twoProcesses(inject('redisUrl')))

const raw = (): Redis => {
  const redis = new Redis(inject('redisUrl'))
  onTestFinished(() => redis.disconnect())
  return redis
}

describe('states in Redis', () => {
  test('[CACHE3] are kept for half an hour, one key a document, in braces for a cluster', async () => {
    const { cache } = someCache()
    onTestFinished(() => cache.close())
    await whenReady(cache)
    const { document } = someDocument()
    cache.put(document, someState())
    cache.put(document, someState({ version: toVersion(8) }))
    await vi.waitFor(async () =>
      expect(await cache.get(document, someState({ version: toVersion(8) }))).not.toBeNull(),
    )
    const keys = await raw().keys(`*${document}*`)
    expect(keys).toEqual([`nexus:state:1:{${document}}`])
    const left = await raw().pttl(keys[0] ?? '')
    expect(left).toBeGreaterThan(29 * 60_000)
    expect(left).toBeLessThanOrEqual(30 * 60_000)
  })

  test('[CACHE3] larger ones than the limit are not kept', async () => {
    const { cache } = someCache({ maxChars: 1_000 })
    onTestFinished(() => cache.close())
    await whenReady(cache)
    const { document } = someDocument()
    const json = `{"$state":{"text":"${'x'.repeat(1_000)}"},"$computed":{}}`
    cache.put(document, someState({ json }))
    const next = someDocument().document
    cache.put(next, someState())
    await vi.waitFor(async () => expect(await cache.get(next, someState())).not.toBeNull())
    expect(await raw().exists(`nexus:state:1:{${document}}`)).toBe(0)
  })

  test.each([
    '',
    'nonsense',
    'null\n[]',
    'null\n{"$state":{}}',
    '7\n{"$state":{},"$computed":{}}',
    'null\n{"$state":{},"$comp',
  ])('[CACHE4] %j, put there by somebody else, is not taken for a state', async (text) => {
    const { cache, troubles } = someCache()
    onTestFinished(() => cache.close())
    await whenReady(cache)
    const { document } = someDocument()
    await raw().hset(`nexus:state:1:{${document}}`, `7@${someState().updatedAt.getTime()}`, text)
    expect(await cache.get(document, someState())).toBeNull()
    expect(troubles).toEqual(['invalid'])
  })

  test('[CACHE4] without Redis there is nothing, at once, and nothing is waited for', async () => {
    const { cache } = someCache({ url: `redis://127.0.0.1:${await freePort()}` })
    onTestFinished(() => cache.close())
    const { document } = someDocument()
    cache.put(document, someState())
    expect(await cache.get(document, someState())).toBeNull()
  })

  test('[CACHE4] a Redis that hangs is waited for as long as told, and no longer', async () => {
    const hanging = await startHangingProxy()
    const { cache, troubles } = someCache({ url: hanging.url, waitMs: 20 })
    onTestFinished(() => cache.close())
    await vi.waitFor(
      async () => {
        const { document } = someDocument()
        cache.put(document, someState())
        expect(await cache.get(document, someState())).not.toBeNull()
      },
      { timeout: 10_000 },
    )
    hanging.hang()
    troubles.length = 0
    expect(await cache.get(someDocument().document, someState())).toBeNull()
    expect(troubles).toEqual(['late'])
  })

  test('[CACHE4] a key of another kind is a trouble, not an error', async () => {
    const { cache, troubles } = someCache()
    onTestFinished(() => cache.close())
    await whenReady(cache)
    const { document } = someDocument()
    await raw().set(`nexus:state:1:{${document}}`, 'a string')
    expect(await cache.get(document, someState())).toBeNull()
    expect(troubles).toEqual(['failed'])
  })
})

describe('states in a cluster', () => {
  test('[CACHE5] lie with the shard of their document, and every process finds them', async () => {
    const cluster = await startRedisCluster()
    onTestFinished(() => cluster.stop())
    const { here, there, close } = await twoProcesses(cluster.url)
    onTestFinished(close)
    const documents = Array.from({ length: 30 }, () => someDocument().document)
    for (const document of documents) here.put(document, someState())
    for (const document of documents)
      await vi.waitFor(async () => expect(await there.get(document, someState())).toEqual(someState()))
  }, 60_000)
})

/** Lets bytes through to Redis until it is told to hang. */
async function startHangingProxy(): Promise<{ readonly url: string; hang(): void }> {
  const { hostname, port } = new URL(inject('redisUrl'))
  const sockets: Socket[] = []
  let isHanging = false
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname)
    sockets.push(client, upstream)
    client.on('data', (data) => void (isHanging || upstream.write(data)))
    upstream.on('data', (data) => void (isHanging || client.write(data)))
    for (const socket of [client, upstream]) socket.on('error', () => socket.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port')
  return {
    url: `redis://127.0.0.1:${address.port}`,
    hang: () => {
      isHanging = true
    },
  }
}
