import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { createClient, isApiError, type PanelUpdate } from '@nexus/client'
import { createRandom, createTestDatabase, startRedis } from '@nexus/core/testkit'
import { expect, onTestFinished, test } from 'vitest'
import {
  createFreeFormPanel,
  openLiveEditor,
  randomPatch,
  signUp,
  startNexus,
  startService,
  withDataDir,
} from './kit/index.ts'

/** Stands between client and server; cuts connections when told to. */
async function startProxy(target: string) {
  const { hostname, port } = new URL(target)
  const open = new Set<Socket>()
  let cutAnswers = 0
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname)
    for (const socket of [client, upstream]) {
      open.add(socket)
      socket.on('error', () => socket.destroy())
      socket.on('close', () => {
        open.delete(socket)
        client.destroy()
        upstream.destroy()
      })
    }
    client.pipe(upstream)
    upstream.on('data', (data) => {
      if (cutAnswers > 0) {
        cutAnswers -= 1
        client.destroy()
      } else client.write(data)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = (): void => {
    for (const socket of open) socket.destroy()
  }
  onTestFinished(() => {
    cut()
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    cut,
    /** The next answers never arrive; what they are to is done. */
    cutAnswers: (count: number) => {
      cutAnswers = count
    },
  }
}

async function withPanel(
  use: (stage: {
    url: string
    account: Awaited<ReturnType<typeof signUp>>
    panelId: string
    proxy: Awaited<ReturnType<typeof startProxy>>
  }) => Promise<void>,
): Promise<void> {
  await withDataDir(async (dataDir) => {
    const nexus = await startNexus({ dataDir })
    try {
      const account = await signUp(nexus.url)
      const panelId = await createFreeFormPanel(nexus.url, account, { n: 0, list: [] })
      await use({ url: nexus.url, account, panelId, proxy: await startProxy(nexus.url) })
    } finally {
      expect(await nexus.stop()).toBe(0)
    }
  })
}

test('[CLI5] reads, writes, history, difference, blame and revert of a panel, as the server has them', () =>
  withPanel(async ({ url, account, panelId }) => {
    const client = createClient({ baseUrl: url, token: account.accessToken })
    const panel = client.panel(account.workspaceId, panelId)
    expect((await panel.replace({ n: 1, list: [{ id: 'a' }] })).version).toBe(2)
    expect((await panel.patch([{ op: 'add', path: '/$state/list/-', value: { id: 'b' } }])).version).toBe(3)
    expect(
      (await panel.merge({ $state: { name: 'x' } }, { triggeredBy: 'ai', triggerSource: 'a tool' })).version,
    ).toBe(4)
    expect((await panel.increment('/$state/n', 5)).version).toBe(5)
    expect((await panel.patch([{ op: 'remove', path: '/$state/list/0' }], { version: 2 })).version).toBe(6)
    const { state, version } = await panel.read()
    expect([version, state.$state]).toEqual([6, { n: 6, name: 'x', list: [{ id: 'b' }] }])
    expect(await panel.valueAt('/$state/list/0/id')).toBe('b')
    expect((await panel.read({ version: 2 })).state.$state).toEqual({ n: 1, list: [{ id: 'a' }] })
    const versions: number[] = []
    for await (const entry of panel.history({ pageSize: 2 })) versions.push(entry.version)
    expect(versions).toEqual([6, 5, 4, 3, 2, 1])
    expect(await panel.diff(4, 5)).toEqual([{ op: 'replace', path: '/$state/n', value: 6 }])
    expect(await panel.blame('/$state/name')).toMatchObject([{ version: 4, triggeredBy: 'ai' }])
    expect(await panel.revert(2)).toMatchObject({ version: 7, revertedTo: 2 })
    const refused = panel.patch([{ op: 'test', path: '/$state/n', value: 'no' }])
    await expect(refused).rejects.toMatchObject({ code: 'patch_test_failed', status: 409 })
    const strict = panel.patch([{ op: 'add', path: '/$state/m', value: 1 }], { version: 6, strict: true })
    await expect(strict).rejects.toMatchObject({ code: 'version_conflict', details: { currentVersion: 7 } })
    const other = await createFreeFormPanel(url, account, { list: [] })
    const moved = await client.batch(account.workspaceId, [
      { panelId, patches: [{ op: 'remove', path: '/$state/list/0' }] },
      { panelId: other, patches: [{ op: 'add', path: '/$state/list/0', value: { id: 'a' } }] },
    ])
    expect(moved.panels.map(({ version }) => version)).toEqual([8, 2])
    const half = client.batch(account.workspaceId, [
      { panelId, mergePatch: { $state: { n: 99 } } },
      { panelId: other, state: { $state: {} }, version: 1, strict: true },
    ])
    await expect(half).rejects.toMatchObject({ code: 'version_conflict', details: { change: 1 } })
    expect(await panel.valueAt('/$state/n')).toBe(1)
    const { data } = await client.http.GET('/api/workspaces')
    expect(data).toMatchObject([{ id: account.workspaceId, role: 'owner' }])
  }))

test('[CLI3] increments whose answers are lost are counted once each', () =>
  withPanel(async ({ account, panelId, proxy }) => {
    const panel = createClient({ baseUrl: proxy.url, token: account.accessToken }).panel(
      account.workspaceId,
      panelId,
    )
    for (let n = 1; n <= 12; n += 1) {
      proxy.cutAnswers(n % 3)
      await panel.increment('/$state/n')
    }
    expect((await panel.read()).state.$state).toMatchObject({ n: 12 })
  }))

test('[CLI6] one who follows a panel over a connection that breaks misses no version and is told none twice', async () => {
  const seed = Date.now() % 1_000_000
  const random = createRandom(seed)
  await withPanel(async ({ url, account, panelId, proxy }) => {
    const panel = createClient({ baseUrl: url, token: account.accessToken }).panel(
      account.workspaceId,
      panelId,
    )
    const editor = await openLiveEditor({
      url,
      token: account.accessToken,
      document: `${account.workspaceId}/${panelId}`,
    })
    const live = createClient({ baseUrl: proxy.url, token: account.accessToken }).live(account.workspaceId)
    const told: PanelUpdate[] = []
    live.follow(panelId, { onUpdate: (update) => told.push(update) })
    await expect.poll(() => told.length).toBe(1)
    let now: unknown = {}
    for (let round = 0; round < 60; round += 1) {
      if (random.below(3) === 0) editor.state.set(`live ${random.below(5)}`, round)
      else {
        await panel
          .patch(randomPatch(random, '/$state/list', (await panel.valueAt('/$state/list')) as never) as never)
          .catch((error: unknown) => {
            if (!isApiError(error)) throw error
          })
      }
      if (random.below(6) === 0) proxy.cut()
    }
    await editor.whenSaved()
    const newest = await panel.read()
    await expect.poll(() => told.at(-1)?.version, { timeout: 30_000 }).toBe(newest.version)
    now = told.at(-1)?.state
    expect(now, `seed ${seed}`).toEqual(newest.state)
    const versions = told.map(({ version }) => version)
    expect(versions, `seed ${seed}`).toEqual(versions.toSorted((a, b) => a - b))
    expect(new Set(versions).size, `seed ${seed}`).toBe(versions.length)
    expect(versions, `seed ${seed}`).toEqual(Array.from({ length: newest.version }, (_, index) => index + 1))
    for (const { version, state } of told)
      if (version % 7 === 0) expect(state, `seed ${seed}`).toEqual((await panel.read({ version })).state)
    live.close()
    editor.close()
  })
})

test('[CLI6] a server that restarts is found again; a panel that is deleted, or was never there, ends it', async () => {
  await using database = await createTestDatabase()
  const redis = await startRedis()
  const env = {
    DATABASE_URL: database.url,
    REDIS_URL: redis.url,
    AUTH_SECRET: 'a secret of at least 32 characters',
  }
  let api = await startService('api', env)
  try {
    const account = await signUp(api.url)
    const panelId = await createFreeFormPanel(api.url, account, { n: 0 })
    const client = createClient({ baseUrl: api.url, token: account.accessToken })
    const live = client.live(account.workspaceId)
    const told: number[] = []
    const ended: string[] = []
    live.follow(panelId, {
      onUpdate: ({ version }) => told.push(version),
      onEnd: ({ code }) => ended.push(code),
    })
    await expect.poll(() => told).toEqual([1])
    const { port } = new URL(api.url)
    await api.kill()
    api = await startService('api', { ...env, PORT: port })
    await client.panel(account.workspaceId, panelId).increment('/$state/n')
    await expect.poll(() => told, { timeout: 20_000 }).toEqual([1, 2])
    live.follow('01a217da-0000-7000-8000-000000000000', {
      onUpdate: () => undefined,
      onEnd: ({ code }) => ended.push(code),
    })
    await expect.poll(() => ended).toEqual(['not_found'])
    await client.http.DELETE('/api/panels/{panelId}', { params: { path: { panelId } } })
    await expect.poll(() => ended, { timeout: 20_000 }).toEqual(['not_found', 'not_found'])
    live.close()
  } finally {
    await api.kill()
    await redis.stop()
  }
})

test('[CLI6] a workspace one may not see, and a token that is none, end it with the reason', () =>
  withPanel(async ({ url, account, panelId }) => {
    const reasonOf = (token: string, workspaceId: string) =>
      new Promise<string>((resolve) => {
        createClient({ baseUrl: url, token })
          .live(workspaceId)
          .follow(panelId, { onUpdate: () => resolve('told'), onEnd: ({ code }) => resolve(code) })
      })
    const stranger = await signUp(url)
    expect(await reasonOf(stranger.accessToken, account.workspaceId)).toBe('not_found')
    expect(await reasonOf('nonsense', account.workspaceId)).toBe('unauthorized')
    expect(await reasonOf(account.accessToken, account.workspaceId)).toBe('told')
  }))
