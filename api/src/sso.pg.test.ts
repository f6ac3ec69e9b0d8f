import { freePort, withTestDatabase } from '@nexus/core/testkit'
import { sql } from 'kysely'
import { beforeEach, expect, test } from 'vitest'
import type { ApiOptions } from './config.ts'
import { startHostileProvider } from './testkit/hostile-provider.ts'
import { SSO_CALLBACK, startSso, startSsoApi } from './testkit/sso-scene.ts'
import { signUp, startTestApi } from './testkit/test-api.ts'
import { TestBrowser } from './testkit/test-browser.ts'

const database = withTestDatabase()
beforeEach(() => sql`truncate users, workspaces, panel_states cascade`.execute(database.db))
const startBoth = (options: Partial<ApiOptions> = {}, more = {}) =>
  startSso({ db: database.db, ...more }, options)
const startApi = (issuer: string, options: Partial<ApiOptions> = {}, more = {}) =>
  startSsoApi(issuer, { db: database.db, ...more }, options)
const verify = (email: string) =>
  database.db.updateTable('users').set({ email_verified: true }).where('email', '=', email).execute()

test('[SSO1] makes an account with a first workspace, once, and the session is like any other', async () => {
  const { api, signIn, whoIs } = await startBoth()
  expect((await api.call('GET', '/api/auth/ways')).body).toEqual({ sso: { label: 'single sign-on' } })
  const browser = new TestBrowser()
  expect(await signIn('ada', browser)).toMatch(/^\/w\/[0-9a-f-]{36}$/)
  const me = await whoIs(browser)
  expect(me).toMatchObject({
    email: 'ada@example.org',
    name: 'The ada',
    emailVerified: true,
    hasPassword: false,
  })
  expect(await database.db.selectFrom('workspaces').select('owner_id').execute()).toEqual([
    { owner_id: me.id },
  ])
  const other = new TestBrowser()
  expect(await signIn('ada', other)).toBe('/')
  expect((await whoIs(other)).id).toBe(me.id)
  const sessions = await database.db.selectFrom('sessions').select(['user_agent', 'ip_address']).execute()
  expect(sessions).toEqual(Array(2).fill({ user_agent: 'Test browser', ip_address: '127.0.0.1' }))
})

test('[SSO2] comes back to the page one came from, and to no other site', async () => {
  const { signIn } = await startBoth()
  expect(await signIn('ada', undefined, '/w/one/p/two')).toBe('/w/one/p/two')
  for (const elsewhere of [
    'https://evil.example.org',
    '//evil.example.org',
    '/\\evil.example.org',
    '/api/auth/logout',
    'w',
    '/.//evil.example.org',
    '/%2e//evil.example.org',
    '/\t/evil.example.org',
    '/API/auth/logout',
    `/${'x'.repeat(600)}`,
  ])
    expect(await signIn('ada', undefined, elsewhere)).toBe('/')
})

test('[SSO3] an account whose address is confirmed is joined; later the provider’s name for the person counts', async () => {
  const { api, provider, signIn, whoIs } = await startBoth()
  const ann = await signUp(api)
  await verify(ann.email)
  provider.personas.set('ann', { email: ann.email.toUpperCase() })
  const browser = new TestBrowser()
  expect(await signIn('ann', browser)).toBe('/')
  expect((await whoIs(browser)).id).toBe(ann.userId)
  provider.personas.set('ann', { email: 'new@example.org', email_verified: undefined, xms_edov: true })
  const again = new TestBrowser()
  await signIn('ann', again)
  expect((await whoIs(again)).id).toBe(ann.userId)
})

test('[SSO4] an address that one of the two sides has not made sure of opens nothing', async () => {
  const { api, provider, signIn, whoIs } = await startBoth()
  const ann = await signUp(api)
  provider.personas.set('ann', { email: ann.email })
  const browser = new TestBrowser()
  expect(await signIn('ann', browser)).toBe('/sso-failed#confirm_first')
  expect(await whoIs(browser)).toBeNull()
  await verify(ann.email)
  provider.personas.set('ann', { email: ann.email, email_verified: false })
  expect(await signIn('ann')).toBe('/sso-failed#no_email')
  provider.personas.set('ann', { email: ann.email, email_verified: undefined, xms_edov: false })
  expect(await signIn('ann')).toBe('/sso-failed#no_email')
  expect(await database.db.selectFrom('sso_identities').selectAll().execute()).toEqual([])
})

test('[SSO5] people of other domains are refused, and people without an account where none is made', async () => {
  const strict = await startBoth({ OIDC_ALLOWED_DOMAINS: ['example.com'], OIDC_SIGN_UP: 'no' })
  expect(await strict.signIn('ada')).toBe('/sso-failed#domain')
  strict.provider.personas.set('bob', { email: 'bob@example.com' })
  expect(await strict.signIn('bob')).toBe('/sso-failed#no_account')
  strict.provider.personas.set('eve', { email: 'eve@sub.example.com' })
  expect(await strict.signIn('eve')).toBe('/sso-failed#domain')
  expect(await database.db.selectFrom('users').selectAll().execute()).toEqual([])
})

test('[SSO6] a deleted account is not signed in to', async () => {
  const { signIn, whoIs } = await startBoth()
  await signIn('ada')
  await database.db.updateTable('users').set({ deleted_at: new Date() }).execute()
  const browser = new TestBrowser()
  expect(await signIn('ada', browser)).toBe('/sso-failed#closed')
  expect(await whoIs(browser)).toBeNull()
})

test('[SSO7] of many who come for the first time at once, with one address, there is one account', async () => {
  const { signIn } = await startBoth()
  const places = await Promise.all(Array.from({ length: 6 }, () => signIn('ada')))
  expect(places.filter((place) => place.startsWith('/w/'))).toHaveLength(1)
  expect(places.filter((place) => place === '/')).toHaveLength(5)
  expect(await database.db.selectFrom('users').select('email').execute()).toHaveLength(1)
  expect(await database.db.selectFrom('workspaces').select('id').execute()).toHaveLength(1)
})

test('[SSO10] a provider that cannot be reached is no reason not to start; when it is back, people sign in', async () => {
  const port = await freePort()
  const { api, isStudio, startUrl } = await startApi(`http://127.0.0.1:${port}`)
  expect((await api.call('GET', '/api/auth/ways')).body.sso).not.toBeNull()
  const browser = new TestBrowser()
  expect(await browser.follow(startUrl, isStudio)).toBe(`${api.url}/sso-failed#unreachable`)
  await startHostileProvider(port)
  expect(await browser.follow(startUrl, isStudio)).toMatch(/\/w\//)
})

test('[SSO11] who says no at the provider is told so', async () => {
  const { api, isStudio, startUrl } = await startBoth()
  const browser = new TestBrowser()
  const page = await browser.follow(startUrl, isStudio)
  expect(await browser.follow(page, isStudio, { cancel: 'yes' })).toBe(`${api.url}/sso-failed#denied`)
})

test('[SSO12] without a provider there is no such way, and nothing to be found', async () => {
  const api = await startTestApi({ db: database.db })
  expect((await api.call('GET', '/api/auth/ways')).body).toEqual({ sso: null })
  for (const path of ['/api/auth/sso/start', SSO_CALLBACK])
    expect((await api.call('GET', path)).status).toBe(404)
})

test('[SSO13] the cookie of the way there is for that way alone, and only we can read it', async () => {
  const { startUrl } = await startBoth({ PUBLIC_URL: 'https://nexus.example.org' })
  const response = await new TestBrowser().open(startUrl)
  const [cookie = ''] = response.headers.getSetCookie()
  expect(cookie).toMatch(/^nexus_sso=/)
  for (const attribute of ['HttpOnly', 'Secure', 'SameSite=Lax', 'Path=/api/auth/sso', 'Max-Age=600'])
    expect(cookie).toContain(attribute)
  const { searchParams } = new URL(response.headers.get('location') ?? '')
  expect(searchParams.get('redirect_uri')).toBe(`https://nexus.example.org${SSO_CALLBACK}`)
  expect(searchParams.get('code_challenge_method')).toBe('S256')
  const parts = (/=([^;]+)/.exec(cookie)?.[1] ?? '').split('.')
  expect(JSON.parse(Buffer.from(parts[0] ?? '', 'base64url').toString())).toEqual({
    alg: 'dir',
    enc: 'A256GCM',
  })
  for (const part of parts)
    expect(Buffer.from(part, 'base64url').toString('latin1')).not.toContain(searchParams.get('state'))
})

test('[SSO18] tries are limited per address, accounts that are made too, and people are told so on a page', async () => {
  const hostile = await startHostileProvider()
  const limited = await startApi(hostile.issuer, { RATE_LIMIT_AUTH_PER_ADDRESS: 3 })
  const browser = new TestBrowser()
  expect(await browser.follow(limited.startUrl, limited.isStudio)).toMatch(/\/w\//)
  const answer = await browser.follow(limited.startUrl, (url) => url.includes(SSO_CALLBACK))
  const busy = `${limited.api.url}/sso-failed#busy`
  expect(await browser.follow(answer, limited.isStudio)).toBe(busy)
  expect(await browser.follow(limited.startUrl, limited.isStudio)).toBe(busy)
  const { provider, signIn } = await startBoth({ RATE_LIMIT_SIGNUPS_PER_ADDRESS: 1 })
  expect(await signIn('ada')).toMatch(/\/w\//)
  expect(await signIn('bob')).toBe('/sso-failed#busy')
  expect(await signIn('ada')).toBe('/')
  expect(provider.personas.size).toBe(0)
})
