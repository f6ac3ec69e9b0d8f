import type { UpdateLog } from '@nexus/core'
import { createMemoryFanout } from '@nexus/core/memory'
import { createSqlUpdateLog } from '@nexus/core/sql'
import { createGatedLog, withTestDatabase } from '@nexus/core/testkit'
import { describe, expect, test, vi } from 'vitest'
import { invite, signUp, somePanel, startTestApi } from './testkit/test-api.ts'

const database = withTestDatabase()

const increment = [{ op: 'increment', path: '/$state/n', value: 1 }]
const under = (key: string) => ({ 'idempotency-key': key })

async function counterPanel() {
  const ann = await signUp(await startTestApi({ db: database.db }))
  return { ann, panel: await somePanel(ann, { initialState: { n: 0 } }) }
}

describe('a request with an Idempotency-Key', () => {
  test('[STA32] is carried out once; sent again it is told what it was told before', async () => {
    const { panel } = await counterPanel()
    const first = await panel.patch(increment, under('a'))
    await panel.patch(increment)
    const again = await panel.patch(increment, under('a'))
    expect(first.headers.get('idempotency-replayed')).toBeNull()
    expect(again.headers.get('idempotency-replayed')).toBe('true')
    expect(again.headers.get('etag')).toBe('"2"')
    expect(again.body).toEqual(first.body)
    expect((await panel.read()).body).toMatchObject({ version: 3, state: { $state: { n: 2 } } })
  })

  test('[STA32] that found everything as it wanted it changes nothing later either', async () => {
    const { panel } = await counterPanel()
    const same = { state: { $state: { n: 0 } } }
    const first = await panel.put(same, under('a'))
    await panel.merge({ $state: { n: 5 } })
    const again = await panel.put(same, under('a'))
    expect(again.body).toEqual(first.body)
    expect((await panel.read()).body).toMatchObject({ version: 2, state: { $state: { n: 5 } } })
  })

  test('[STA32] whose answer was lost after the commit is not carried out again', async () => {
    const log = createGatedLog(createSqlUpdateLog(database.db))
    const ann = await signUp(await startTestApi({ db: database.db, log }))
    const panel = await somePanel(ann, { initialState: { n: 0 } })
    log.hold()
    const lost = panel.patch(increment, under('a'))
    await vi.waitFor(() => expect(log.batches).toHaveLength(1))
    await log.let('commit but lose the answer')
    expect((await lost).status).toBe(503)
    log.release()
    const again = await panel.patch(increment, under('a'))
    expect(again).toMatchObject({ status: 200, body: { version: 2 } })
    expect((await panel.read()).body).toMatchObject({ version: 2, state: { $state: { n: 1 } } })
  })

  test('[STA32] sent many times at once, to several processes, is carried out once', async () => {
    const fanout = createMemoryFanout()
    const apis = [
      await startTestApi({ db: database.db, fanout }),
      await startTestApi({ db: database.db, fanout: createMemoryFanout() }),
    ] as const
    const ann = await signUp(apis[0])
    const panel = await somePanel(ann, { initialState: { n: 0 } })
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        apis[index % 2 === 0 ? 0 : 1].call('PATCH', panel.path, {
          token: ann.token,
          body: increment,
          headers: under('storm'),
        }),
      ),
    )
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.version}`))).toEqual(
      new Set(['200 2']),
    )
    expect(answers.filter(({ headers }) => headers.get('idempotency-replayed') === null)).toHaveLength(1)
    expect((await panel.read()).body).toMatchObject({ version: 2, state: { $state: { n: 1 } } })
  })

  test('[STA32] holds for reverting as well', async () => {
    const { ann, panel } = await counterPanel()
    await panel.patch(increment)
    const revert = () =>
      ann.call('POST', `${panel.path}/revert`, { body: { targetVersion: 1 }, headers: under('back') })
    const first = await revert()
    await panel.patch(increment)
    expect((await revert()).body).toEqual(first.body)
    expect((await panel.read()).body).toMatchObject({ version: 4, state: { $state: { n: 1 } } })
  })

  test('[STA33] under the key of another request is refused; refused ones may be mended under the same key', async () => {
    const { panel } = await counterPanel()
    const bad = await panel.patch([{ op: 'remove', path: '/$state/none' }], under('a'))
    expect(bad.status).toBe(422)
    expect((await panel.patch(increment, under('a'))).status).toBe(200)
    const other = await panel.patch([{ op: 'increment', path: '/$state/n', value: 2 }], under('a'))
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } })
    expect((await panel.read()).body).toMatchObject({ version: 2, state: { $state: { n: 1 } } })
  })

  test('[STA33] keys are those of one person and one panel, and have 1 to 200 visible characters', async () => {
    const api = await startTestApi({ db: database.db })
    const [ann, ben] = [await signUp(api), await signUp(api)]
    await invite(database.db, ann, ben, 'editor')
    const [one, two] = [
      await somePanel(ann, { initialState: { n: 0 } }),
      await somePanel(ann, { initialState: { n: 0 } }),
    ]
    await one.patch(increment, under('a'))
    await two.patch(increment, under('a'))
    await ben.call('PATCH', one.path, { body: increment, headers: under('a') })
    expect((await one.read()).body.state.$state).toEqual({ n: 2 })
    expect((await two.read()).body.state.$state).toEqual({ n: 1 })
    for (const key of ['', 'with space', 'x'.repeat(201), '\u00e4']) {
      expect(await one.patch(increment, under(key))).toMatchObject({
        status: 422,
        body: { code: 'validation_failed' },
      })
    }
  })

  test('[STA34] is remembered for a day', async () => {
    let now = new Date()
    const { ann, panel } = await counterPanel()
    await panel.patch(increment, under('a'))
    const receipts = () =>
      database.db
        .selectFrom('append_receipts')
        .selectAll()
        .where('document', '=', `${ann.workspaceId}/${panel.panelId}` as never)
        .execute()
    now = new Date(now.getTime() + 23 * 3_600_000)
    await startTestApi({ db: database.db, now: () => now })
    expect((await panel.patch(increment, under('a'))).headers.get('idempotency-replayed')).toBe('true')
    now = new Date(now.getTime() + 2 * 3_600_000)
    await startTestApi({ db: database.db, now: () => now })
    await vi.waitFor(async () => expect(await receipts()).toEqual([]))
    expect((await panel.patch(increment, under('a'))).body.version).toBe(3)
  })
})

describe('a request that another process carries out meanwhile', () => {
  /** Reads nothing of any document until it is let. */
  function slowToRead() {
    const log = createSqlUpdateLog(database.db)
    const { promise: isLet, resolve: letRead } = Promise.withResolvers<void>()
    const { promise: isAsked, resolve: ask } = Promise.withResolvers<void>()
    const slow: UpdateLog = {
      ...log,
      read: async (...wanted) => {
        ask()
        await isLet
        return log.read(...wanted)
      },
    }
    return { log: slow, letRead, isAsked }
  }

  async function twoProcesses() {
    const { log, letRead, isAsked } = slowToRead()
    const fast = await startTestApi({ db: database.db, fanout: createMemoryFanout() })
    const slow = await startTestApi({ db: database.db, fanout: createMemoryFanout(), log })
    const ann = await signUp(fast)
    const panel = await somePanel(ann, { initialState: { n: 0 } })
    const other = await somePanel(ann, { initialState: { n: 0 } })
    const ask = async (method: string, path: string, body: unknown, headers: Record<string, string> = {}) => {
      const options = { token: ann.token, body, headers: { ...under('same'), ...headers } }
      const late = slow.call(method, path, options)
      await isAsked
      const first = await fast.call(method, path, options)
      letRead()
      return { first, late: await late }
    }
    return { ann, panel, other, ask }
  }

  test.each([
    ['If-Match', increment, { 'if-match': '"1"' }],
    ['strict', { patches: increment, version: 1, strict: true }, {}],
    ['a test', [{ op: 'test', path: '/$state/n', value: 0 }, ...increment], {}],
  ])('[STA32] is not told that its condition failed: %s', async (_, body, headers) => {
    const { panel, ask } = await twoProcesses()
    const { first, late } = await ask('PATCH', panel.path, body, headers)
    expect([first.status, late.status]).toEqual([200, 200])
    expect(late.body).toEqual(first.body)
    expect(late.headers.get('idempotency-replayed')).toBe('true')
    expect((await panel.read()).body).toMatchObject({ version: 2, state: { $state: { n: 1 } } })
  })

  test.each([
    ['', {}],
    [', strict', { version: 1, strict: true }],
  ])('[BAT5] is not told that its batch failed%s', async (_, condition) => {
    const { ann, panel, other, ask } = await twoProcesses()
    const changes = [panel, other].map(({ panelId }) => ({ panelId, patches: increment, ...condition }))
    const { first, late } = await ask('POST', `/api/state/${ann.workspaceId}/batch`, { changes })
    expect([first.status, late.status]).toEqual([200, 200])
    expect(late.body).toEqual(first.body)
    expect((await other.read()).body).toMatchObject({ version: 2, state: { $state: { n: 1 } } })
  })

  test('[STA33] another request under the key of a refused one is refused as such', async () => {
    const { panel } = await counterPanel()
    await panel.patch(increment, under('a'))
    const answer = await panel.patch([{ op: 'remove', path: '/$state/none' }], under('a'))
    expect(answer).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } })
  })

  test('[STA38] makes a panel or a workspace once, also sent at once and to several processes', async () => {
    const ann = await signUp(await startTestApi({ db: database.db }))
    const other = await startTestApi({ db: database.db })
    const { workspaceId, token } = ann
    const listed = async (path: string): Promise<{ id: string }[]> => (await ann.call('GET', path)).body
    for (const [path, list, body] of [
      ['/api/panels', `/api/workspaces/${workspaceId}/panels`, { workspaceId, name: 'Once' }],
      ['/api/workspaces', '/api/workspaces', { name: 'Once', template: 'starter' }],
    ] as const) {
      const before = (await listed(list)).length
      const headers = under('one')
      const answers = await Promise.all(
        [ann, other, ann, other].map(({ call }) => call('POST', path, { body, headers, token })),
      )
      const again = await other.call('POST', path, { body, headers, token })
      const ids = new Set([...answers, again].map(({ body: made }) => made.id))
      expect([...answers, again].map(({ status }) => status)).toEqual([201, 201, 201, 201, 201])
      expect(ids.size).toBe(1)
      expect(answers.filter(({ headers: sent }) => sent.get('idempotency-replayed') === null)).toHaveLength(1)
      expect(again.headers.get('idempotency-replayed')).toBe('true')
      expect(again.headers.get('location')).toBe(`${path}/${[...ids][0]}`)
      const reused = await ann.call('POST', path, { body: { ...body, name: 'Another' }, headers })
      expect([reused.status, reused.body.code]).toEqual([422, 'idempotency_key_reused'])
      expect(await listed(list)).toHaveLength(before + 1)
    }
  })

  test('[STA38] whose panel could not be made makes it the next time; a forgotten key makes another', async () => {
    const ann = await signUp(await startTestApi({ db: database.db }))
    const make = (body: object) =>
      ann.call('POST', '/api/panels', {
        body: { workspaceId: ann.workspaceId, ...body },
        headers: under('k'),
      })
    expect((await make({ nxmlSource: '<Broken' })).body.code).toBe('invalid_nxml')
    const first = await make({ name: 'n' })
    expect(first.headers.get('idempotency-replayed')).toBeNull()
    await database.db.deleteFrom('append_receipts').execute()
    const second = await make({ name: 'n' })
    expect([second.status, second.body.id === first.body.id]).toEqual([201, false])
    const bob = await signUp(await startTestApi({ db: database.db }))
    const body = { workspaceId: bob.workspaceId }
    const his = await bob.call('POST', '/api/panels', { body, headers: under('k') })
    expect([his.status, his.headers.get('idempotency-replayed')]).toEqual([201, null])
  })
})
