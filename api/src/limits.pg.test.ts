import { createSnapshotId, parseWorkspaceId, type UpdateLog } from '@nexus/core'
import { createMetricsRegistry, readOptions } from '@nexus/core/server'
import { createSqlUpdateLog } from '@nexus/core/sql'
import { withTestDatabase } from '@nexus/core/testkit'
import { describe, expect, test, vi } from 'vitest'
import { API_OPTIONS } from './config.ts'
import { until } from './testkit/subscribers.ts'
import { signUp, somePanel, startTestApi } from './testkit/test-api.ts'

const database = withTestDatabase()

async function panelWith(options: NonNullable<Parameters<typeof startTestApi>[0]['options']>) {
  const ann = await signUp(await startTestApi({ db: database.db, options }))
  const panel = await somePanel(ann, { initialState: { n: 0 } })
  const version = async () => (await panel.read()).body.version
  return { ann, panel, version }
}
const operations = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ op: 'add', path: `/$state/k${at}`, value: at }))
/** A body of so many levels, itself included. */
const nested = (levels: number): object => (levels <= 1 ? {} : { a: nested(levels - 1) })

describe('limits that an operator has set', () => {
  test('[LIM1] a body of as many bytes is read, one of more is refused', async () => {
    const { panel, version } = await panelWith({ MAX_BODY_BYTES: 1_000 })
    const bodyOf = (bytes: number) => {
      const empty = JSON.stringify({ state: { $state: { text: '' } } })
      return { state: { $state: { text: 'x'.repeat(bytes - empty.length) } } }
    }
    expect((await panel.put(bodyOf(1_000))).status).toBe(200)
    const refused = await panel.put(bodyOf(1_001))
    expect([refused.status, refused.body.code]).toEqual([413, 'payload_too_large'])
    expect(refused.body).toMatchObject({ limit: 1_000, detail: 'The body is larger than 1000 bytes.' })
    expect(await version()).toBe(2)
  })

  test('[LIM2] a body of as many levels is read, a deeper one is refused with its place', async () => {
    const { panel, version } = await panelWith({ MAX_JSON_DEPTH: 6 })
    // `state` and the body around it are two levels.
    expect((await panel.put({ state: { $state: nested(4) } })).status).toBe(200)
    const refused = await panel.put({ state: { $state: nested(5) } })
    expect([refused.status, refused.body]).toMatchObject([
      422,
      { code: 'validation_failed', pointer: '/state/$state/a/a/a/a' },
    ])
    expect(await version()).toBe(2)
  })

  test('[LIM3] a patch, or a batch, of as many operations is made, one of more is refused', async () => {
    const { ann, panel, version } = await panelWith({ MAX_PATCH_OPERATIONS: 3 })
    const other = await somePanel(ann, { initialState: {} })
    const batch = (counts: readonly [number, number]) =>
      ann.call('POST', `/api/state/${ann.workspaceId}/batch`, {
        body: {
          changes: [panel, other].map(({ panelId }, at) => ({
            panelId,
            patches: operations(counts[at] ?? 0),
          })),
        },
      })
    expect((await panel.patch(operations(3))).status).toBe(200)
    for (const refused of [
      await panel.patch(operations(4)),
      await panel.patch({ patches: operations(4) }),
      await batch([2, 2]),
    ])
      expect([refused.status, refused.body.code]).toEqual([422, 'validation_failed'])
    expect(await version()).toBe(2)
    expect((await batch([2, 1])).status).toBe(200)
  })

  test('[LIM3] more operations than by default can be allowed', async () => {
    const { panel } = await panelWith({ MAX_PATCH_OPERATIONS: 2_000 })
    expect((await panel.patch(operations(1_500))).body).toMatchObject({ appliedPatches: 1_500, version: 2 })
  })

  test('[LIM4] a state of as many characters may be left, a larger one is refused; a panel cannot begin with it', async () => {
    const { ann, panel, version } = await panelWith({ MAX_STATE_CHARS: 1_000 })
    const stateOf = (chars: number) => ({ text: 'x'.repeat(chars - JSON.stringify({ text: '' }).length) })
    expect((await panel.put({ state: { $state: stateOf(1_000) } })).status).toBe(200)
    const patch = [{ op: 'add', path: '/$state/n', value: 1 }]
    for (const refused of [await panel.put({ state: { $state: stateOf(1_001) } }), await panel.patch(patch)])
      expect([refused.status, refused.body.code]).toEqual([413, 'payload_too_large'])
    expect(await version()).toBe(2)
    const create = (initialState: object) =>
      ann.call('POST', '/api/panels', { body: { workspaceId: ann.workspaceId, name: 'x', initialState } })
    expect((await create(stateOf(1_001))).status).toBe(413)
    expect((await create(stateOf(1_000))).status).toBe(201)
  })

  test('[LIM4] a larger state than by default can be allowed', async () => {
    const { panel } = await panelWith({
      MAX_STATE_CHARS: 6_000_000,
      MAX_BODY_BYTES: 6_000_000,
      MAX_UPDATE_BYTES: 6_000_000,
    })
    expect((await panel.put({ state: { $state: { text: 'x'.repeat(5_000_000) } } })).status).toBe(200)
    expect((await panel.read()).body.state.$state.text).toHaveLength(5_000_000)
  })

  test('[LIM5] a change whose update is larger than allowed is refused and changes nothing', async () => {
    const { panel, version } = await panelWith({ MAX_UPDATE_BYTES: 1_000 })
    expect((await panel.put({ state: { $state: { text: 'x'.repeat(500) } } })).status).toBe(200)
    const refused = await panel.put({ state: { $state: { text: 'y'.repeat(1_001) } } })
    expect([refused.status, refused.body.code]).toEqual([413, 'payload_too_large'])
    expect(refused.body).toMatchObject({ limit: 1_000, detail: expect.stringContaining('1000 bytes') })
    expect(await version()).toBe(2)
    expect((await panel.read()).body.state.$state.text).toBe('x'.repeat(500))
  })
})

test.each([
  ['MAX_BODY_BYTES', '999'],
  ['MAX_JSON_DEPTH', '33'],
  ['MAX_PATCH_OPERATIONS', '0'],
  ['MAX_STATE_CHARS', 'many'],
  ['MAX_UPDATE_BYTES', '-1'],
])('[LIM6] %s=%s is refused before anything starts, in words', (name, text) => {
  const read = () => readOptions(API_OPTIONS, { AUTH_SECRET: 'x'.repeat(32), [name]: text })
  expect(read).toThrow(new RegExp(`${name}.*`))
})

test('[LIM7] however much is asked of the past of one panel, another is read and written at once', async () => {
  const log = createGatedReads(createSqlUpdateLog(database.db))
  const ann = await signUp(
    await startTestApi({ db: database.db, log: log.port, options: { MAX_PAST_READS: 2 } }),
  )
  const [old, other] = [
    await somePanel(ann, { initialState: { n: 0 } }),
    await somePanel(ann, { initialState: { n: 0 } }),
  ]
  for (let n = 1; n <= 20; n += 1) await old.put({ state: { $state: { n } } })
  log.holdVersions()
  const asked = Array.from({ length: 20 }, (_, at) =>
    ann.call('GET', `${old.path}${at % 2 === 0 ? `?version=${at + 1}` : `/diff?from=${at}&to=${at + 1}`}`),
  )
  await until(() => log.heldCount() > 0)
  expect((await other.put({ state: { $state: { n: 7 } } })).status).toBe(200)
  expect((await other.read()).body.state.$state).toEqual({ n: 7 })
  expect((await old.read()).body.state.$state).toEqual({ n: 20 })
  // Of one user, one at a time here; two, because both ends of a difference are read together.
  expect(log.heldCount()).toBeLessThanOrEqual(2)
  log.release()
  for (const { status } of await Promise.all(asked)) expect(status).toBe(200)
})

test('[LIM7] snapshots and reverts read the past in turn as well', async () => {
  const log = createGatedReads(createSqlUpdateLog(database.db))
  const ann = await signUp(
    await startTestApi({ db: database.db, log: log.port, options: { MAX_PAST_READS: 2 } }),
  )
  const panel = await somePanel(ann, { initialState: { n: 0 } })
  for (let n = 1; n <= 5; n += 1) await panel.put({ state: { $state: { n } } })
  const snapshotId = createSnapshotId()
  const workspaceId = parseWorkspaceId(ann.workspaceId)
  if (workspaceId === null) throw new Error('Ann has no workspace.')
  await database.db
    .insertInto('state_snapshots')
    .values({
      id: snapshotId,
      workspace_id: workspaceId,
      type: 'manual',
      state: 'created',
      manifest: JSON.stringify({ [panel.panelId]: 4 }),
    })
    .execute()
  log.holdVersions()
  const first = panel.read('?version=2')
  await until(() => log.heldCount() === 1)
  const others = [
    ann.call('GET', `/api/state/${ann.workspaceId}/snapshot?snapshot_id=${snapshotId}`),
    ann.call('POST', `${panel.path}/revert`, { body: { targetVersion: 3 } }),
    ann.call('GET', `/api/workspaces/${ann.workspaceId}/commits/${'0'.repeat(40)}/diff`),
  ]
  // Both have been here by the time this is answered, which reads nothing of the past.
  for (let n = 0; n < 20; n += 1) expect((await panel.read()).status).toBe(200)
  expect(log.heldCount()).toBe(1)
  log.release()
  const statuses = (await Promise.all([first, ...others])).map(({ status }) => status)
  expect(statuses).toEqual([200, 200, 200, 404])
})

test('[LIM7] a client that has gone does not wait any longer', async () => {
  const log = createGatedReads(createSqlUpdateLog(database.db))
  const registry = createMetricsRegistry()
  const api = await startTestApi({
    db: database.db,
    log: log.port,
    metrics: registry.part('api'),
    options: { MAX_PAST_READS: 2 },
  })
  const ann = await signUp(api)
  const panel = await somePanel(ann, { initialState: { n: 0 } })
  for (let n = 1; n <= 5; n += 1) await panel.put({ state: { $state: { n } } })
  log.holdVersions()
  const first = panel.read('?version=2')
  await until(() => log.heldCount() === 1)
  const leaving = new AbortController()
  const left = fetch(`${api.url}${panel.path}?version=3`, {
    headers: { authorization: `Bearer ${ann.token}` },
    signal: leaving.signal,
  }).catch((error: Error) => error.name)
  for (let n = 0; n < 20; n += 1) expect((await panel.read()).status).toBe(200)
  leaving.abort()
  expect(await left).toBe('AbortError')
  await vi.waitFor(async () => expect(await registry.text()).toContain('status="gone"'))
  log.release()
  expect((await first).status).toBe(200)
  expect((await panel.read('?version=4')).status).toBe(200)
  expect(log.versionsRead()).not.toContain(3)
})

/** A log whose reads of a version wait until they are let go. */
function createGatedReads(log: UpdateLog) {
  let isHeld = false
  const waiting: (() => void)[] = []
  const versionsRead: number[] = []
  const port: UpdateLog = {
    ...log,
    read: async (document, version) => {
      if (isHeld && version !== undefined) await new Promise<void>((resolve) => waiting.push(resolve))
      if (version !== undefined) versionsRead.push(version)
      return log.read(document, version)
    },
  }
  return {
    port,
    holdVersions: () => {
      isHeld = true
    },
    heldCount: () => waiting.length,
    versionsRead: () => versionsRead,
    release: () => {
      isHeld = false
      for (const go of waiting.splice(0)) go()
    },
  }
}

test('[LIM8] changes of a key and of its owner are limited by the minute, what is read is not', async () => {
  const time = { now: new Date() }
  const api = await startTestApi({
    db: database.db,
    now: () => time.now,
    options: { RATE_LIMIT_WRITES_PER_KEY: 3, RATE_LIMIT_WRITES_PER_USER: 8 },
  })
  const ann = await signUp(api)
  const panel = await somePanel(ann)
  const { body: made } = await ann.call('POST', '/api/keys', { body: { name: 'CI', scopes: ['write'] } })
  let n = 0
  const put = (token: string) => {
    n += 1
    return api.call('PUT', panel.path, { body: { state: { $state: { n } } }, token })
  }
  for (let times = 0; times < 3; times += 1) expect((await put(made.key)).status).toBe(200)
  const refused = await put(made.key)
  expect([refused.status, refused.body.code]).toEqual([429, 'rate_limited'])
  const wait = Number(refused.headers.get('retry-after'))
  expect(wait).toBeGreaterThan(0)
  expect(wait).toBeLessThanOrEqual(60)
  expect((await api.call('GET', panel.path, { token: made.key })).body.version).toBe(4)
  // The panel, the key and the three changes count; three are left to the person.
  for (let times = 0; times < 3; times += 1) expect((await put(ann.token)).status).toBe(200)
  expect((await put(ann.token)).status).toBe(429)
  expect((await panel.read()).body.version).toBe(7)
  time.now = new Date(time.now.getTime() + 60_000)
  expect((await put(made.key)).status).toBe(200)
})
