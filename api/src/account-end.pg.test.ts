import { parseWorkspaceId } from '@nexus/core'
import { createMemoryFanout } from '@nexus/core/memory'
import { withTestDatabase } from '@nexus/core/testkit'
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import {
  invite,
  PASSWORD,
  type Person,
  signUp,
  somePanel,
  startTestApi,
  type TestApi,
} from './testkit/test-api.ts'
import { purgeAccounts } from './use-cases/purge-accounts.ts'

const database = withTestDatabase()
const start = (options = {}) => startTestApi({ db: database.db, ...options })
const DAY_MS = 86_400_000

const remove = (person: Person, password = PASSWORD) =>
  person.call('DELETE', '/api/auth/me', { body: { password } })
const credentials = ({ email }: Person, password = PASSWORD) => ({ body: { email, password } })
const restore = (api: TestApi, person: Person, password = PASSWORD) =>
  api.call('POST', '/api/auth/restore-account', {
    ...credentials(person, password),
    headers: { 'x-client': 'api' },
  })

async function annAndBob(options = {}) {
  const api = await start(options)
  const ann = await signUp(api)
  const bob = await signUp(api)
  await invite(database.db, ann, bob, 'editor')
  return { api, ann, bob }
}

test('[ACC48] one can change what one is called, and nothing else', async () => {
  const ann = await signUp(await start())
  const answer = await ann.call('PATCH', '/api/auth/me', { body: { name: '  Ann Marie ' } })
  expect(answer.status).toBe(200)
  expect(answer.body).toMatchObject({ id: ann.userId, name: 'Ann Marie', plan: 'free' })
  for (const body of [{ plan: 'pro' }, { email: 'x@example.org' }, { emailVerified: true }, { name: ' ' }]) {
    expect((await ann.call('PATCH', '/api/auth/me', { body })).status).toBe(422)
  }
  expect((await ann.call('GET', '/api/auth/me')).body).toEqual(answer.body)
})

describe('a deleted account', () => {
  test('[ACC49] is closed at once, to whoever knows the password', async () => {
    const { api, ann } = await annAndBob()
    const refused = await remove(ann, 'not it')
    expect([refused.status, refused.body.code]).toEqual([401, 'invalid_credentials'])
    expect((await ann.call('GET', '/api/auth/me')).status).toBe(200)

    const { status, body, headers } = await remove(ann)
    expect(status).toBe(202)
    expect(Math.abs(Date.parse(body.deletesAt) - Date.now() - 30 * DAY_MS)).toBeLessThan(60_000)
    expect(headers.get('set-cookie')).toMatch(/^nexus_session=;/)
    expect((await ann.call('GET', '/api/auth/me')).status).toBe(401)
    const refresh = await api.call('POST', '/api/auth/refresh', { body: { sessionToken: ann.sessionToken } })
    expect(refresh.status).toBe(401)
    const right = await api.call('POST', '/api/auth/login', credentials(ann))
    expect([right.status, right.body.code]).toEqual([403, 'account_deleted'])
    expect(right.body.deletesAt).toBe(body.deletesAt)
    const wrong = await api.call('POST', '/api/auth/login', credentials(ann, 'not it'))
    expect([wrong.status, wrong.body.code]).toEqual([401, 'invalid_credentials'])
    expect(wrong.body).not.toHaveProperty('deletesAt')
  })

  test('[ACC49] takes its workspaces out of everybody’s sight, and no others', async () => {
    const fanout = createMemoryFanout()
    const { ann, bob } = await annAndBob({ fanout })
    const workspaceId = parseWorkspaceId(ann.workspaceId)
    const told: string[] = []
    if (workspaceId !== null) await fanout.onNotice(workspaceId, ({ type }) => void told.push(type))
    const panel = await somePanel(ann)
    expect((await bob.call('GET', panel.path)).status).toBe(200)
    expect((await remove(ann)).status).toBe(202)
    expect((await bob.call('GET', panel.path)).status).toBe(404)
    const { body } = await bob.call('GET', '/api/workspaces')
    expect(body.map(({ id }: { id: string }) => id)).toEqual([bob.workspaceId])
    expect(told).toContain('workspace_deleted')
    const { deleted_at: deletedAt } = await database.db
      .selectFrom('panel_states')
      .select('deleted_at')
      .where('panel_id', '=', panel.panelId as never)
      .executeTakeFirstOrThrow()
    expect(deletedAt).not.toBeNull()
  })

  test('[ACC49] lets nobody in who signs in while it is being closed', async () => {
    const { api, ann } = await annAndBob()
    const panel = await somePanel(ann)
    const { promise: mayGoOn, resolve: goOn } = Promise.withResolvers<void>()
    // Closing has ended the sessions there are, and waits for a document that somebody holds.
    const holding = database.db.transaction().execute(async (trx) => {
      await sql`select from panel_states where panel_id = ${panel.panelId}::uuid for update`.execute(trx)
      await mayGoOn
    })
    const removing = remove(ann)
    await expect.poll(waitingCount, { timeout: 5_000 }).toBe(1)
    const late = await api.call('POST', '/api/auth/login', {
      ...credentials(ann),
      headers: { 'x-client': 'api' },
    })
    expect(late.status).toBe(200)
    goOn()
    await holding
    expect((await removing).status).toBe(202)
    expect((await api.call('GET', '/api/auth/me', { token: late.body.accessToken })).status).toBe(401)
    const { sessionToken } = late.body
    expect((await api.call('POST', '/api/auth/refresh', { body: { sessionToken } })).status).toBe(401)
    const left = await database.db
      .selectFrom('sessions')
      .select('id')
      .where('user_id', '=', ann.userId)
      .execute()
    expect(left).toEqual([])
  })

  async function waitingCount(): Promise<number> {
    const { rows } = await sql<{ count: number }>`
      select count(*)::int as count from pg_locks l join pg_database d on d.oid = l.database or l.database is null
      where not l.granted and d.datname = current_database()`.execute(database.db)
    return rows[0]?.count ?? 0
  }

  test('[ACC50] comes back within its time, with what was deleted with it and nothing else', async () => {
    const { api, ann, bob } = await annAndBob()
    const { body: own } = await ann.call('POST', '/api/workspaces', { body: { name: 'Thrown away' } })
    expect((await ann.call('DELETE', `/api/workspaces/${own.id}`)).status).toBe(204)
    const kept = await somePanel(ann, { initialState: { n: 1 } })
    const gone = await somePanel(ann)
    expect((await ann.call('DELETE', `/api/panels/${gone.panelId}`)).status).toBe(204)
    await remove(ann)

    expect((await restore(api, ann, 'not it')).body.code).toBe('invalid_credentials')
    const { status, body } = await restore(api, ann)
    expect(status).toBe(200)
    expect(body.workspace.id).toBe(ann.workspaceId)
    expect((await bob.call('GET', kept.path)).body.state.$state).toEqual({ n: 1 })
    expect((await bob.call('PUT', kept.path, { body: { state: { $state: { n: 2 } } } })).status).toBe(200)
    expect((await bob.call('GET', gone.path)).status).toBe(404)
    const list = await api.call('GET', '/api/workspaces', { token: body.accessToken })
    expect(list.body.map(({ id }: { id: string }) => id)).toEqual([ann.workspaceId])
    // Again is no harm.
    expect((await restore(api, ann)).status).toBe(200)
    expect((await api.call('POST', '/api/auth/login', credentials(ann))).status).toBe(200)
  })

  test('[ACC51] is removed for good after its time, and what it shared with others stays', async () => {
    const { api, ann, bob } = await annAndBob({ options: { ACCOUNT_GRACE_DAYS: 7 } })
    await invite(database.db, bob, ann, 'editor')
    const panel = await somePanel(bob)
    const path = `/api/state/${bob.workspaceId}/${panel.panelId}`
    expect((await ann.call('PUT', path, { body: { state: { $state: { by: 'ann' } } } })).status).toBe(200)
    await remove(ann)
    const soon = new Date(Date.now() + 6.9 * DAY_MS)
    await purgeAccounts(database.db, soon)
    expect(await findUser(ann)).toBeDefined()

    await purgeAccounts(database.db, new Date(Date.now() + 7.1 * DAY_MS))
    expect(await findUser(ann)).toBeUndefined()
    expect((await restore(api, ann)).body.code).toBe('invalid_credentials')
    expect((await api.call('POST', '/api/auth/login', credentials(ann))).status).toBe(401)
    const { body: members } = await bob.call('GET', `/api/workspaces/${bob.workspaceId}/members`)
    expect(members.map(({ userId }: { userId: string }) => userId)).toEqual([bob.userId])
    const memberships = await database.db
      .selectFrom('workspace_members')
      .select('workspace_id')
      .where('user_id', '=', ann.userId)
      .execute()
    expect(memberships).toEqual([])
    expect((await bob.call('GET', path)).body.state.$state).toEqual({ by: 'ann' })
    const own = await database.db
      .selectFrom('workspaces')
      .select('deleted_at')
      .where('owner_id', '=', ann.userId)
      .execute()
    expect(own.every(({ deleted_at: at }) => at !== null)).toBe(true)
    // The address is free again.
    const again = await api.call('POST', '/api/auth/signup', {
      body: { email: ann.email, password: PASSWORD, name: 'Ann' },
    })
    expect(again.status).toBe(201)
  })

  test('[ACC51] the sweep of a process removes it', async () => {
    const { ann } = await annAndBob({ options: { ACCOUNT_GRACE_DAYS: 0 } })
    await remove(ann)
    await start()
    await expect.poll(() => findUser(ann), { timeout: 5_000 }).toBeUndefined()
  })

  const findUser = (person: Person) =>
    database.db.selectFrom('users').select('id').where('id', '=', person.userId).executeTakeFirst()
})
