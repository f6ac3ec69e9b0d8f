import { createMemoryFanout } from '@nexus/core/memory'
import { withTestDatabase } from '@nexus/core/testkit'
import { describe, expect, test, vi } from 'vitest'
import { openEvents, openStateSocket } from './testkit/subscribers.ts'
import { PASSWORD, type Person, signUp, somePanel, startTestApi } from './testkit/test-api.ts'

const database = withTestDatabase()
const start = (options = {}) => startTestApi({ db: database.db, ...options })
const makeKey = async (person: Person, body: object = {}) => {
  const answer = await person.call('POST', '/api/keys', { body: { name: 'CI', ...body } })
  if (answer.status !== 201) throw new Error(`No key: ${JSON.stringify(answer.body)}`)
  return answer
}

describe('an API key', () => {
  test('[KEY1] is shown once, read-only unless asked otherwise, and stored as a hash', async () => {
    const ann = await signUp(await start())
    const { headers, body } = await makeKey(ann)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('location')).toBe(`/api/keys/${body.id}`)
    expect(body).toEqual({
      id: expect.any(String),
      name: 'CI',
      key: expect.stringMatching(/^nxs_[A-Za-z0-9_-]{43}$/),
      start: body.key.slice(0, 10),
      scopes: ['read'],
      workspaceIds: null,
      createdAt: expect.any(String),
      expiresAt: null,
      lastUsedAt: null,
    })
    const { key, ...shown } = body
    expect((await ann.call('GET', '/api/keys')).body).toEqual([shown])
    expect((await ann.call('GET', `/api/keys/${body.id}`)).body).toEqual(shown)
    const rows = await database.db.selectFrom('api_keys').selectAll().where('id', '=', body.id).execute()
    expect(JSON.stringify(rows)).not.toContain(key.slice(12))
  })

  test('[KEY2] says when it was used last', async () => {
    const api = await start()
    const ann = await signUp(api)
    const { body } = await makeKey(ann)
    expect((await api.call('GET', '/api/auth/me', { token: body.key })).body.email).toBe(ann.email)
    await vi.waitFor(async () => {
      const { lastUsedAt } = (await ann.call('GET', `/api/keys/${body.id}`)).body
      expect(Date.now() - Date.parse(lastUsedAt)).toBeLessThan(60_000)
    })
  })

  test('[KEY3] for some workspaces sees no others', async () => {
    const api = await start()
    const ann = await signUp(api)
    const { body: second } = await ann.call('POST', '/api/workspaces', { body: { name: 'Second' } })
    const { body } = await makeKey(ann, { scopes: ['admin'], workspaceIds: [second.id] })
    const list = await api.call('GET', '/api/workspaces', { token: body.key })
    expect(list.body.map(({ id }: { id: string }) => id)).toEqual([second.id])
    const first = await api.call('GET', `/api/workspaces/${ann.workspaceId}`, { token: body.key })
    expect([first.status, first.body.code]).toEqual([404, 'not_found'])
  })

  test('[KEY4] ends at the moment it was made for', async () => {
    const time = { now: new Date() }
    const api = await start({ now: () => time.now })
    const ann = await signUp(api)
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString()
    const { body } = await makeKey(ann, { expiresAt })
    const me = () => api.call('GET', '/api/auth/me', { token: body.key })
    expect((await me()).status).toBe(200)
    time.now = new Date(Date.parse(expiresAt))
    expect((await me()).status).toBe(401)
  })

  test('[KEY5] that is revoked opens nothing more, at once and on every process, and its connections end', async () => {
    const fanout = createMemoryFanout()
    const [here, there] = [await start({ fanout }), await start({ fanout })]
    const ann = await signUp(here)
    const panel = await somePanel(ann)
    const { body } = await makeKey(ann)
    const events = await openEvents(`${there.url}${panel.path}/events?token=${body.key}`)
    const socket = await openStateSocket(`${there.url}/ws/state/${ann.workspaceId}?token=${body.key}`)
    const bystander = await openStateSocket(`${there.url}/ws/state/${ann.workspaceId}?token=${ann.token}`)
    await vi.waitFor(() => expect(events.events).toHaveLength(1))
    expect((await ann.call('DELETE', `/api/keys/${body.id}`)).status).toBe(204)
    for (const api of [here, there])
      expect((await api.call('GET', panel.path, { token: body.key })).status).toBe(401)
    await vi.waitFor(() => expect([events.state.isEnded, socket.state.closeCode]).toEqual([true, 4401]))
    expect(bystander.state.closeCode).toBeNull()
    expect((await ann.call('DELETE', `/api/keys/${body.id}`)).status).toBe(404)
  })

  test('[KEY5] that is revoked where no word of it comes from works 2 s longer at most', async () => {
    const time = { now: new Date() }
    const [here, there] = [await start(), await start({ now: () => time.now })]
    const ann = await signUp(here)
    const { body } = await makeKey(ann)
    const me = () => there.call('GET', '/api/auth/me', { token: body.key })
    expect((await me()).status).toBe(200)
    await ann.call('DELETE', `/api/keys/${body.id}`)
    time.now = new Date(time.now.getTime() + 2_000)
    expect((await me()).status).toBe(401)
  })

  test('[KEY6] of somebody else is not there', async () => {
    const api = await start()
    const [ann, eve] = [await signUp(api), await signUp(api)]
    const { body } = await makeKey(ann)
    for (const [method, id] of [
      ['GET', body.id],
      ['DELETE', body.id],
      ['GET', 'x'],
      ['DELETE', '-'.repeat(36)],
    ])
      expect((await eve.call(String(method), `/api/keys/${id}`)).status).toBe(404)
    expect((await api.call('GET', '/api/auth/me', { token: body.key })).status).toBe(200)
  })

  test.each([
    ['no name', { name: ' ' }, '/name'],
    ['no scope', { scopes: [] }, '/scopes'],
    ['a made-up scope', { scopes: ['root'] }, '/scopes/0'],
    ['an end that is over', { expiresAt: '2020-01-01T00:00:00Z' }, '/expiresAt'],
    ['a foreign workspace', { workspaceIds: ['01994a52-0000-7000-8000-000000000001'] }, '/workspaceIds/0'],
    ['a workspace that is none', { workspaceIds: ['x'] }, '/workspaceIds/0'],
    ['something else', { admin: true }, '/admin'],
  ])('[KEY7] with %s is not made', async (_what, body, pointer) => {
    const ann = await signUp(await start())
    const answer = await ann.call('POST', '/api/keys', { body: { name: 'CI', ...body } })
    expect([answer.status, answer.body.code, answer.body.pointer]).toEqual([
      422,
      'validation_failed',
      pointer,
    ])
    expect((await ann.call('GET', '/api/keys')).body).toEqual([])
  })

  test('[KEY8] is the hundredth at most', async () => {
    const ann = await signUp(await start())
    for (let made = 0; made < 100; made += 1) await makeKey(ann)
    const answer = await ann.call('POST', '/api/keys', { body: { name: 'One more' } })
    expect([answer.status, answer.body.code, answer.body.limit]).toEqual([403, 'quota_exceeded', 100])
  })

  test('[KEY10] of an account that is closed opens nothing, until the account is given back', async () => {
    const time = { now: new Date() }
    const api = await start({ now: () => time.now })
    const ann = await signUp(api)
    const { body } = await makeKey(ann)
    const me = async () => (await api.call('GET', '/api/auth/me', { token: body.key })).status
    expect(await me()).toBe(200)
    const later = () => {
      time.now = new Date(time.now.getTime() + 2_000)
    }
    await ann.call('DELETE', '/api/auth/me', { body: { password: PASSWORD } })
    later()
    expect(await me()).toBe(401)
    const credentials = { email: ann.email, password: PASSWORD }
    expect((await api.call('POST', '/api/auth/restore-account', { body: credentials })).status).toBe(200)
    later()
    expect(await me()).toBe(200)
  })

  test('[KEY9] writes in the name of its owner', async () => {
    const api = await start()
    const ann = await signUp(api)
    const panel = await somePanel(ann)
    const { body } = await makeKey(ann, { scopes: ['write'] })
    const put = { body: { state: { $state: { n: 1 } } }, token: body.key }
    expect((await api.call('PUT', panel.path, put)).status).toBe(200)
    const [newest] = (await panel.read('/history')).body.history
    expect([newest.userId, newest.triggeredBy]).toEqual([ann.userId, 'api'])
  })
})
