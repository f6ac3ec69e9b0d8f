import { withTestDatabase } from '@nexus/core/testkit'
import { expect, test } from 'vitest'
import { PASSWORD, signUp, startTestApi } from './testkit/test-api.ts'

const database = withTestDatabase()

async function twoPlaces(options = {}) {
  const api = await startTestApi({ db: database.db, options: { TRUSTED_PROXIES: 1 }, ...options })
  const ann = await signUp(api)
  const { body: phone } = await api.call('POST', '/api/auth/login', {
    body: { email: ann.email, password: PASSWORD },
    headers: { 'x-client': 'api', 'user-agent': 'Phone', 'x-forwarded-for': '2001:db8::7' },
  })
  return { api, ann, phone }
}

test('[ACC45] a list tells where one is signed in, since when, and from where, but no secret', async () => {
  const { ann, phone } = await twoPlaces()
  const { status, body } = await ann.call('GET', '/api/auth/sessions')
  expect(status).toBe(200)
  expect(body).toHaveLength(2)
  const [other, own] = body[0].isCurrent ? [body[1], body[0]] : body
  expect(other).toEqual({
    id: expect.any(String),
    createdAt: expect.stringMatching(/Z$/),
    lastUsedAt: expect.stringMatching(/Z$/),
    expiresAt: expect.stringMatching(/Z$/),
    userAgent: 'Phone',
    ipAddress: '2001:db8::7',
    isCurrent: false,
  })
  expect(own).toMatchObject({ isCurrent: true, ipAddress: '127.0.0.1' })
  for (const secret of [ann.sessionToken, phone.sessionToken]) {
    expect(JSON.stringify(body)).not.toContain(secret)
  }
})

test('[ACC45] a refresh is a use', async () => {
  let now = new Date()
  const { api, ann } = await twoPlaces({ now: () => now })
  now = new Date(now.getTime() + 60_000)
  await api.call('POST', '/api/auth/refresh', { body: { sessionToken: ann.sessionToken } })
  const { body } = await ann.call('GET', '/api/auth/sessions')
  expect(body[0]).toMatchObject({ isCurrent: true, lastUsedAt: now.toISOString() })
})

test('[ACC46] one can end one’s own sessions, and nobody else’s', async () => {
  const { api, ann, phone } = await twoPlaces()
  const eve = await signUp(api)
  const { body } = await ann.call('GET', '/api/auth/sessions')
  const { id } = body.find(({ isCurrent }: { isCurrent: boolean }) => !isCurrent)
  const foreign = await eve.call('DELETE', `/api/auth/sessions/${id}`)
  expect([foreign.status, foreign.body.code]).toEqual([404, 'not_found'])
  expect((await api.call('GET', '/api/auth/me', { token: phone.accessToken })).status).toBe(200)

  expect((await ann.call('DELETE', `/api/auth/sessions/${id}`)).status).toBe(204)
  expect((await api.call('GET', '/api/auth/me', { token: phone.accessToken })).status).toBe(401)
  const refreshed = await api.call('POST', '/api/auth/refresh', {
    body: { sessionToken: phone.sessionToken },
  })
  expect(refreshed.status).toBe(401)
  expect((await ann.call('DELETE', `/api/auth/sessions/${id}`)).status).toBe(404)
  expect((await ann.call('GET', '/api/auth/me')).status).toBe(200)
})

test('[ACC47] signing out everywhere ends all of them, and clears the cookie', async () => {
  const { api, ann, phone } = await twoPlaces()
  const eve = await signUp(api)
  const answer = await ann.call('POST', '/api/auth/logout-everywhere')
  expect(answer.status).toBe(204)
  expect(answer.headers.get('set-cookie')).toMatch(/^nexus_session=;/)
  for (const token of [ann.token, phone.accessToken]) {
    expect((await api.call('GET', '/api/auth/me', { token })).status).toBe(401)
  }
  expect((await eve.call('GET', '/api/auth/me')).status).toBe(200)
})
