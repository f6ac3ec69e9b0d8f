import { createAccessTokenVerifier } from '@nexus/core/server'
import { withTestDatabase } from '@nexus/core/testkit'
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import { describe, expect, test } from 'vitest'
import { PASSWORD, signUp, startTestApi } from './testkit/test-api.ts'

const database = withTestDatabase()
const start = (options = {}) => startTestApi({ db: database.db, ...options })
const somebody = (email: string) => ({ email, password: PASSWORD, name: 'Ann' })

describe('signing up', () => {
  test('[ACC1] answers the user, a token and a first workspace with Notes and Todo', async () => {
    const api = await start()
    const answer = await api.call('POST', '/api/auth/signup', { body: somebody('ann@example.org') })
    expect(answer.status).toBe(201)
    expect(answer.body).toMatchObject({
      user: { email: 'ann@example.org', name: 'Ann', plan: 'free' },
      expiresIn: 900,
      workspace: { name: 'My First Workspace', role: 'owner', status: 'active', panelCount: 2 },
    })
    expect(answer.body).not.toHaveProperty('sessionToken')
    const types = answer.body.workspace.panels.map((panel: { panelType: string }) => panel.panelType)
    expect(types).toEqual(['notes', 'todo'])
  })

  test('[ACC2] panels of the first workspace have their state at version 1', async () => {
    const ann = await signUp(await start())
    const { body: all } = await ann.call('GET', `/api/state/${ann.workspaceId}/snapshot`)
    const states = Object.values(all.panels)
    expect(states).toHaveLength(2)
    expect(states).toContainEqual({
      $state: expect.objectContaining({ tasks: [] }),
      $computed: expect.objectContaining({ openCount: 0 }),
      version: 1,
    })
  })

  test('[ACC3] one e-mail has one account, however it is written, also when both ask at once', async () => {
    const api = await start()
    const answers = await Promise.all(
      ['twin@example.org', ' Twin@Example.org ', 'TWIN@EXAMPLE.ORG'].map((email) =>
        api.call('POST', '/api/auth/signup', { body: somebody(email) }),
      ),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409])
    expect(answers.find(({ status }) => status === 409)?.body.code).toBe('email_taken')
    const { rows } = await countOf('twin@example.org')
    expect(rows).toEqual([{ users: 1, workspaces: 1 }])
  })

  test('[ACC4] a sign-up that cannot have its workspace leaves no user behind', async () => {
    const api = await start()
    await database.db.schema.alterTable('workspaces').renameTo('workspaces_away').execute()
    try {
      const answer = await api.call('POST', '/api/auth/signup', { body: somebody('half@example.org') })
      expect(answer.status).toBe(503)
    } finally {
      await database.db.schema.alterTable('workspaces_away').renameTo('workspaces').execute()
    }
    const again = await api.call('POST', '/api/auth/signup', { body: somebody('half@example.org') })
    expect(again.status).toBe(201)
  })

  test.each([
    ['a short password', { password: '1234567' }, '/password'],
    ['a long password', { password: 'x'.repeat(129) }, '/password'],
    ['no e-mail', { email: 'nobody' }, '/email'],
    ['an empty name', { name: '  ' }, '/name'],
    ['a name with NUL', { name: 'a\0b' }, '/name'],
  ])('[ACC5] %s is refused with its pointer', async (_what, wrong, pointer) => {
    const api = await start()
    const body = { ...somebody('wrong@example.org'), ...wrong }
    const answer = await api.call('POST', '/api/auth/signup', { body })
    expect(answer.status).toBe(422)
    expect(answer.body).toMatchObject({ code: 'validation_failed', pointer })
  })

  async function countOf(email: string) {
    const users = await database.db.selectFrom('users').select('id').where('email', '=', email).execute()
    const owned = await database.db
      .selectFrom('workspaces')
      .select('id')
      .where(
        'owner_id',
        'in',
        users.map(({ id }) => id),
      )
      .execute()
    return { rows: [{ users: users.length, workspaces: owned.length }] }
  }
})

describe('signing in', () => {
  test('[ACC6] a wrong password and an unknown e-mail are told the same', async () => {
    const api = await start()
    const ann = await signUp(api)
    const wrong = await api.call('POST', '/api/auth/login', {
      body: { email: ann.email, password: 'not it' },
    })
    const unknown = await api.call('POST', '/api/auth/login', {
      body: { email: 'who@example.org', password: 'not it' },
    })
    expect(wrong.status).toBe(401)
    expect(wrong.body.code).toBe('invalid_credentials')
    expect(unknown.body).toEqual({ ...wrong.body, requestId: unknown.body.requestId })
  })

  test('[ACC7] browsers get the session as a cookie that scripts and other sites cannot use', async () => {
    const api = await start({ options: { PUBLIC_URL: 'https://nexus.example.org' } })
    const ann = await signUp(api)
    const body = { email: ann.email.toUpperCase(), password: PASSWORD }
    const answer = await api.call('POST', '/api/auth/login', { body })
    expect(answer.status).toBe(200)
    expect(answer.body.workspace.id).toBe(ann.workspaceId)
    const cookie = answer.headers.get('set-cookie') ?? ''
    expect(cookie).toMatch(
      /^nexus_session=\w+; Max-Age=2592000; Path=\/api\/auth;.*HttpOnly; Secure; SameSite=Lax$/,
    )
    const refreshed = await api.call('POST', '/api/auth/refresh', {
      headers: { cookie: cookie.split(';')[0] ?? '' },
    })
    expect(refreshed.body).toMatchObject({ accessToken: expect.any(String), expiresIn: 900 })
  })

  test('[ACC8] attempts are limited per account (failures) and per address', async () => {
    const api = await start({
      options: { RATE_LIMIT_AUTH_PER_ACCOUNT: 2, RATE_LIMIT_AUTH_PER_ADDRESS: 6 },
    })
    const ann = await signUp(api)
    const attempt = (password: string) =>
      api.call('POST', '/api/auth/login', { body: { email: ann.email, password } })
    expect((await attempt(PASSWORD)).status).toBe(200)
    expect((await attempt('wrong')).status).toBe(401)
    expect((await attempt('wrong')).status).toBe(401)
    const limited = await attempt(PASSWORD)
    expect(limited.status).toBe(429)
    expect(limited.body.code).toBe('rate_limited')
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0)
    await attempt(PASSWORD)
    const other = await api.call('POST', '/api/auth/login', {
      body: { email: 'x@example.org', password: 'y' },
    })
    expect(other.status).toBe(429)
  })
})

describe('access tokens', () => {
  test('[ACC9] the published keys check them: EdDSA, 15 minutes, user, session and name', async () => {
    const api = await start()
    const ann = await signUp(api)
    const { body: keys, headers } = await api.call('GET', '/.well-known/jwks.json')
    expect(headers.get('cache-control')).toContain('public')
    const { payload } = await jwtVerify(ann.token, createLocalJWKSet(keys), {
      issuer: 'nexus',
      audience: 'nexus',
    })
    expect(decodeProtectedHeader(ann.token).alg).toBe('EdDSA')
    expect(payload).toMatchObject({
      sub: ann.userId,
      sid: expect.any(String),
      name: expect.stringMatching(/^Person/),
    })
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(900)
    expect(JSON.stringify(keys)).not.toContain('"d"')
  })

  test('[ACC10] any process checks them with the database alone', async () => {
    const ann = await signUp(await start())
    const verifier = createAccessTokenVerifier({ db: database.db })
    await expect(verifier.verify(ann.token)).resolves.toMatchObject({ userId: ann.userId })
  })

  test.each(['', 'Bearer', 'Bearer x', 'Bearer a.b.c', 'Basic YTpi', 'Bearer nxs_unknown'])(
    '[ACC11] "%s" is refused with 401',
    async (authorization) => {
      const api = await start()
      const answer = await api.call('GET', '/api/auth/me', { headers: { authorization } })
      expect(answer.status).toBe(401)
      expect(answer.body.code).toBe('unauthorized')
      expect(answer.headers.get('www-authenticate')).toBe('Bearer')
    },
  )

  test('[ACC12] after 15 minutes they are over', async () => {
    let now = new Date()
    const api = await start({ now: () => now })
    const ann = await signUp(api)
    now = new Date(now.getTime() + 901_000)
    const answer = await ann.call('GET', '/api/auth/me')
    expect(answer.status).toBe(401)
  })
})

describe('sessions', () => {
  test('[ACC13] signing out ends the session and the tokens made from it, at once here, within seconds elsewhere', async () => {
    let now = new Date()
    const here = await start()
    const elsewhere = await start({ now: () => now })
    const ann = await signUp(here)
    const askElsewhere = () => elsewhere.call('GET', '/api/auth/me', { token: ann.token })
    expect((await askElsewhere()).status).toBe(200)
    expect((await ann.call('POST', '/api/auth/logout')).status).toBe(204)
    expect((await ann.call('GET', '/api/auth/me')).status).toBe(401)
    const refreshed = await elsewhere.call('POST', '/api/auth/refresh', {
      body: { sessionToken: ann.sessionToken },
    })
    expect(refreshed.status).toBe(401)
    expect(refreshed.body.code).toBe('unauthorized')
    now = new Date(now.getTime() + 5_001)
    expect((await askElsewhere()).status).toBe(401)
  })

  test('[ACC14] using a session moves its end on; unused for 30 days it is over', async () => {
    const api = await start()
    const ann = await signUp(api)
    const refresh = () => api.call('POST', '/api/auth/refresh', { body: { sessionToken: ann.sessionToken } })
    const setEnd = (days: number) =>
      database.db
        .updateTable('sessions')
        .set({ expires_at: new Date(Date.now() + days * 86_400_000) })
        .where('token', '=', ann.sessionToken)
        .execute()
    await setEnd(10)
    expect((await refresh()).status).toBe(200)
    const { expires_at: end } = await database.db
      .selectFrom('sessions')
      .select('expires_at')
      .where('token', '=', ann.sessionToken)
      .executeTakeFirstOrThrow()
    expect(end.getTime()).toBeGreaterThan(Date.now() + 29 * 86_400_000)
    await setEnd(-1)
    expect((await refresh()).status).toBe(401)
  })

  test('[ACC15] made-up session tokens are refused, signing out twice is fine', async () => {
    const api = await start()
    const ann = await signUp(api)
    for (const sessionToken of ['x', "' or 1=1 --", 'A'.repeat(32), `${ann.sessionToken}.sig`]) {
      const answer = await api.call('POST', '/api/auth/refresh', { body: { sessionToken } })
      expect(answer.status).toBe(401)
    }
    const body = { sessionToken: ann.sessionToken }
    expect((await api.call('POST', '/api/auth/logout', { body })).status).toBe(204)
    expect((await api.call('POST', '/api/auth/logout', { body })).status).toBe(204)
    expect((await api.call('POST', '/api/auth/logout')).status).toBe(401)
  })

  test('[ACC16] me answers who one is', async () => {
    const ann = await signUp(await start())
    const { body } = await ann.call('GET', '/api/auth/me')
    expect(body).toEqual({
      id: ann.userId,
      email: ann.email,
      name: expect.any(String),
      plan: 'free',
      emailVerified: false,
      hasPassword: true,
    })
  })
})
