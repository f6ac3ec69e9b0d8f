import { toDocumentName } from '@nexus/core'
import { withTestDatabase } from '@nexus/core/testkit'
import { describe, expect, test, vi } from 'vitest'
import { invite, PASSWORD, type Person, signUp, somePanel, startTestApi } from './testkit/test-api.ts'
import { purgeDeleted } from './use-cases/purge.ts'

const database = withTestDatabase()
const start = (options = {}) => startTestApi({ db: database.db, ...options })
const SOURCE = `<NexusPanel title="Score">
  <Data>
    <State name="n" type="number" default="3" />
    <State name="notes" type="text" default="" />
  </Data>
  <View><Text content="{$state.n}" /></View>
</NexusPanel>`

const panelsOf = async (person: Person): Promise<{ id: string; name: string }[]> =>
  (await person.call('GET', `/api/workspaces/${person.workspaceId}/panels`)).body
const longAgo = (days: number): Date => new Date(Date.now() - days * 86_400_000)

describe('a deleted workspace', () => {
  test('[DEL1] comes back as it was, with members, panels and history; what was deleted before stays deleted', async () => {
    const api = await start()
    const [ann, ben] = [await signUp(api), await signUp(api)]
    await invite(database.db, ann, ben, 'editor')
    const [kept, gone] = [await somePanel(ann), await somePanel(ann)]
    await kept.put({ state: { $state: { n: 1 } } })
    await ann.call('DELETE', `/api/panels/${gone.panelId}`)
    const before = await panelsOf(ann)
    const path = `/api/workspaces/${ann.workspaceId}`
    await ann.call('DELETE', path)
    const [listed] = (await ann.call('GET', '/api/workspaces/deleted')).body
    expect(listed).toMatchObject({ id: ann.workspaceId, name: 'My First Workspace' })
    expect(Date.parse(listed.purgedAt) - Date.parse(listed.deletedAt)).toBe(30 * 86_400_000)
    expect((await ben.call('GET', '/api/workspaces/deleted')).body).toEqual([])

    const restored = await ann.call('POST', `${path}/restore-deleted`)
    expect([restored.status, restored.body.id, restored.body.role]).toEqual([200, ann.workspaceId, 'owner'])
    expect(await panelsOf(ann)).toEqual(before)
    expect((await ben.call('GET', kept.path)).body).toMatchObject({ state: { $state: { n: 1 } }, version: 2 })
    expect((await kept.patch([{ op: 'add', path: '/$state/m', value: 1 }])).status).toBe(200)
    expect((await gone.read()).status).toBe(404)
    expect((await ann.call('GET', '/api/workspaces/deleted')).body).toEqual([])
    expect((await ann.call('POST', `${path}/restore-deleted`)).status).toBe(404)
  })

  test('[DEL2] does not come back past the limit of the plan', async () => {
    const ann = await signUp(await start())
    await ann.call('DELETE', `/api/workspaces/${ann.workspaceId}`)
    for (const name of ['A', 'B', 'C']) await ann.call('POST', '/api/workspaces', { body: { name } })
    const answer = await ann.call('POST', `/api/workspaces/${ann.workspaceId}/restore-deleted`)
    expect([answer.status, answer.body.code]).toEqual([403, 'quota_exceeded'])
    expect((await ann.call('GET', `/api/workspaces/${ann.workspaceId}`)).status).toBe(404)
  })

  test('[DEL3] is gone for good after its time, with all that it had, and nothing else is', async () => {
    const api = await start()
    const [ann, ben] = [await signUp(api), await signUp(api)]
    const panel = await somePanel(ann)
    const other = await somePanel(ben)
    await ann.call('DELETE', `/api/workspaces/${ann.workspaceId}`)
    await ben.call('DELETE', `/api/panels/${other.panelId}`)
    const { db } = database
    const set = { deleted_at: longAgo(31) }
    await db
      .updateTable('workspaces')
      .set(set)
      .where('id', '=', ann.workspaceId as never)
      .execute()
    await db
      .insertInto('workspace_git')
      .values({ workspace_id: ann.workspaceId as never, manifest: '{}', pushed_commit: 'a'.repeat(40) })
      .execute()
    const restore = await ann.call('POST', `/api/workspaces/${ann.workspaceId}/restore-deleted`)
    expect(restore.status).toBe(404)
    await start()
    const rowsOf = (table: 'panels' | 'panel_states' | 'workspace_members', person: Person) =>
      db
        .selectFrom(table)
        .selectAll()
        .where('workspace_id', '=', person.workspaceId as never)
        .execute()
    await vi.waitFor(async () => expect(await rowsOf('panel_states', ann)).toEqual([]))
    expect([await rowsOf('panels', ann), await rowsOf('workspace_members', ann)]).toEqual([[], []])
    const address = { workspaceId: ann.workspaceId, panelId: panel.panelId } as never
    const log = await db
      .selectFrom('state_history')
      .selectAll()
      .where('document', '=', toDocumentName(address))
      .execute()
    expect(log).toEqual([])
    const purged = await db.selectFrom('purged_workspaces').select(['workspace_id', 'is_pushed']).execute()
    expect(purged).toEqual([{ workspace_id: ann.workspaceId, is_pushed: true }])
    expect(await rowsOf('panels', ben)).toHaveLength(3)
    expect((await ben.call('POST', `/api/panels/${other.panelId}/restore`)).status).toBe(200)
  })
})

test('[DEL6] what was deleted with an account waits for the account', async () => {
  const api = await start({ options: { DELETED_DAYS: 1, ACCOUNT_GRACE_DAYS: 30 } })
  const ann = await signUp(api)
  await ann.call('DELETE', '/api/auth/me', { body: { password: PASSWORD } })
  const { db } = database
  const mine = () => db.selectFrom('workspaces').select('id').where('owner_id', '=', ann.userId).execute()
  const set = { deleted_at: longAgo(2) }
  await db.updateTable('workspaces').set(set).where('owner_id', '=', ann.userId).execute()
  await db
    .updateTable('panel_states')
    .set(set)
    .where('workspace_id', '=', ann.workspaceId as never)
    .execute()
  await purgeDeleted(db, longAgo(1))
  expect(await mine()).toHaveLength(1)
  await db.deleteFrom('users').where('id', '=', ann.userId).execute()
  await purgeDeleted(db, longAgo(1))
  expect(await mine()).toEqual([])
})

describe('a deleted panel', () => {
  test('[DEL4] comes back with its state and history', async () => {
    const ann = await signUp(await start())
    const panel = await somePanel(ann, { name: 'Plan' })
    await panel.put({ state: { $state: { n: 1 } } })
    const before = (await panel.read('?include_history=true')).body
    await ann.call('DELETE', `/api/panels/${panel.panelId}`)
    const listed = (await ann.call('GET', `/api/workspaces/${ann.workspaceId}/deleted-panels`)).body
    expect(listed).toMatchObject([{ id: panel.panelId, name: 'Plan', panelType: 'free-form' }])
    const restored = await ann.call('POST', `/api/panels/${panel.panelId}/restore`)
    expect([restored.status, restored.body.name, restored.body.version]).toEqual([200, 'Plan', 2])
    expect((await panel.read('?include_history=true')).body).toEqual(before)
    expect((await panel.patch([{ op: 'add', path: '/$state/m', value: 1 }])).body.version).toBe(3)
    expect((await ann.call('POST', `/api/panels/${panel.panelId}/restore`)).status).toBe(200)
    expect((await ann.call('GET', `/api/workspaces/${ann.workspaceId}/deleted-panels`)).body).toEqual([])
  })

  test('[DEL5] is gone for good after its time', async () => {
    const ann = await signUp(await start())
    const panel = await somePanel(ann)
    await ann.call('DELETE', `/api/panels/${panel.panelId}`)
    const { db } = database
    const mine = (table: 'panels') => db.updateTable(table).where('id', '=', panel.panelId as never)
    await mine('panels')
      .set({ deleted_at: longAgo(31) })
      .execute()
    expect((await ann.call('POST', `/api/panels/${panel.panelId}/restore`)).status).toBe(404)
    expect((await ann.call('GET', `/api/workspaces/${ann.workspaceId}/deleted-panels`)).body).toEqual([])
    await start()
    await vi.waitFor(async () =>
      expect(
        await db
          .selectFrom('panel_states')
          .selectAll()
          .where('panel_id', '=', panel.panelId as never)
          .execute(),
      ).toEqual([]),
    )
  })
})

describe('a copy of a panel', () => {
  test('[DUP1] has its source and state, stands right behind it, and goes its own way', async () => {
    const ann = await signUp(await start())
    const panel = await somePanel(ann, { name: 'Score', nxmlSource: SOURCE })
    await somePanel(ann, { name: 'Last' })
    await panel.put({ state: { $state: { n: 7, notes: 'hello' } } })
    const path = `/api/panels/${panel.panelId}/duplicate`
    const { status, headers, body } = await ann.call('POST', path, { body: {} })
    expect([status, headers.get('location')]).toEqual([201, `/api/panels/${body.id}`])
    expect(body).toMatchObject({ name: 'Score (copy)', nxmlSource: SOURCE, version: 1 })
    const copyPath = `/api/state/${ann.workspaceId}/${body.id}`
    expect((await ann.call('GET', copyPath)).body.state).toEqual((await panel.read()).body.state)
    await panel.put({ state: { $state: { n: 8, notes: '' } } })
    expect((await ann.call('GET', copyPath)).body.state.$state).toEqual({ n: 7, notes: 'hello' })
    expect((await ann.call('POST', path, { body: {} })).body.name).toBe('Score (copy 2)')
    expect((await ann.call('POST', path, { body: { name: 'Mine' } })).body.name).toBe('Mine')
    const names = (await panelsOf(ann)).map(({ name }) => name)
    expect(names.slice(2)).toEqual(['Score', 'Mine', 'Score (copy 2)', 'Score (copy)', 'Last'])
  })

  test('[DUP2] of a free-form panel is whole too', async () => {
    const ann = await signUp(await start())
    const panel = await somePanel(ann, { initialState: { any: [1, { b: null }], text: 'x' } })
    const copy = await ann.call('POST', `/api/panels/${panel.panelId}/duplicate`)
    const { body } = await ann.call('GET', `/api/state/${ann.workspaceId}/${copy.body.id}`)
    expect(body.state.$state).toEqual({ any: [1, { b: null }], text: 'x' })
  })

  test('[DUP3] is made once under one key', async () => {
    const ann = await signUp(await start())
    const panel = await somePanel(ann)
    const ask = () =>
      ann.call('POST', `/api/panels/${panel.panelId}/duplicate`, {
        body: {},
        headers: { 'idempotency-key': 'once' },
      })
    const [first, second] = [await ask(), await ask()]
    expect([first.body.id, second.headers.get('idempotency-replayed')]).toEqual([second.body.id, 'true'])
    expect((await panelsOf(ann)).filter(({ name }) => name.endsWith('(copy)'))).toHaveLength(1)
  })
})
