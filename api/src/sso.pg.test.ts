import { OIDC_CLIENT, startOidcProvider, withTestDatabase } from '@nexus/core/testkit'
import { sql } from 'kysely'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { ApiOptions } from './config.ts'
import { startHostileProvider, type Wrong } from './testkit/hostile-provider.ts'
import { signUp, startTestApi } from './testkit/test-api.ts'
import { TestBrowser } from './testkit/test-browser.ts'

const database = withTestDatabase()
beforeEach(() => sql`truncate users, workspaces, panel_states cascade`.execute(database.db))
const CALLBACK = '/api/auth/sso/callback'

async function startApi(issuer: string, options: Partial<ApiOptions> = {}) {
  const api = await startTestApi({
    db: database.db,
    options: {
      OIDC_ISSUER: issuer,
      OIDC_CLIENT_ID: OIDC_CLIENT.id,
      OIDC_CLIENT_SECRET: OIDC_CLIENT.secret,
      ...options,
    },
  })
  const isStudio = (url: string) => url.startsWith(api.url) && !url.startsWith(`${api.url}/api/`)
  return { api, isStudio, startUrl: `${api.url}/api/auth/sso/start` }
}

/** A provider, an API that trusts it, and people who sign in there. */
async function startBoth(options: Partial<ApiOptions> = {}) {
  const provider = await startOidcProvider()
  onTestFinished(provider.stop)
  const { api, isStudio, startUrl } = await startApi(provider.issuer, options)
  provider.serve(api.url + CALLBACK)
  /** @returns The page of the studio where they arrive. */
  const signIn = async (login: string, browser = new TestBrowser(), returnTo = ''): Promise<string> => {
    const query = returnTo === '' ? '' : `?returnTo=${encodeURIComponent(returnTo)}`
    let at = await browser.follow(startUrl + query, isStudio)
    if (!isStudio(at)) at = await browser.follow(at, isStudio, { prompt: 'login', login, password: 'any' })
    if (!isStudio(at)) at = await browser.follow(at, isStudio, { prompt: 'consent' })
    return at.slice(api.url.length)
  }
  /** Who that browser is signed in as. */
  const whoIs = async (browser: TestBrowser) => {
    const response = await browser.open(`${api.url}/api/auth/refresh`, {})
    if (response.status !== 200) return null
    const { accessToken } = (await response.json()) as { accessToken: string }
    return (await api.call('GET', '/api/auth/me', { token: accessToken })).body
  }
  return { api, provider, signIn, whoIs, startUrl, isStudio }
}

const verify = (email: string) =>
  database.db.updateTable('users').set({ email_verified: true }).where('email', '=', email).execute()

describe('signing in by the provider of the installation', () => {
  test('[SSO1] makes an account with a first workspace, once, and the session is like any other', async () => {
    const { api, signIn, whoIs } = await startBoth()
    expect((await api.call('GET', '/api/auth/ways')).body).toEqual({ sso: { label: 'single sign-on' } })
    const browser = new TestBrowser()
    expect(await signIn('ada', browser)).toMatch(/^\/w\/[0-9a-f-]{36}$/)
    const me = await whoIs(browser)
    expect(me).toMatchObject({ email: 'ada@example.org', name: 'The ada', emailVerified: true })
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
    expect(
      await database.db.selectFrom('accounts').selectAll().where('provider_id', 'like', 'oidc%').execute(),
    ).toEqual([])
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
    expect(places.some((place) => place.startsWith('/w/'))).toBe(true)
    expect(await database.db.selectFrom('users').select('email').execute()).toHaveLength(1)
    expect(await database.db.selectFrom('workspaces').select('id').execute()).toHaveLength(1)
  })

  test('[SSO8] an answer that another browser asked for, that comes twice, or that is made up, signs nobody in', async () => {
    const { api, startUrl, whoIs } = await startBoth()
    const hostile = await startHostileProvider()
    const { api: second, isStudio } = await startApi(hostile.issuer)
    const [mine, yours] = [new TestBrowser(), new TestBrowser()]
    const isCallback = (url: string) => url.includes(CALLBACK)
    const answer = await mine.follow(`${second.url}/api/auth/sso/start`, isCallback)
    const refused = `${second.url}/sso-failed#expired`
    expect(await yours.follow(answer, isStudio)).toBe(refused)
    await yours.follow(`${second.url}/api/auth/sso/start`, isCallback)
    expect(await yours.follow(answer, isStudio)).toBe(refused)
    expect(await mine.follow(answer, isStudio)).toMatch(/\/w\//)
    expect(await mine.follow(answer, isStudio)).toBe(refused)
    for (const cookie of ['x', Buffer.from('{"journey":{"state":1}}').toString('base64url')]) {
      yours.setCookie('nexus_sso', cookie)
      expect(await yours.follow(`${second.url}${CALLBACK}?state=1&code=2`, isStudio)).toBe(refused)
    }
    expect(await whoIs(yours)).toBeNull()
    expect(startUrl.startsWith(api.url)).toBe(true)
  })

  test.each<[Wrong, string]>([
    ['algorithm none', 'failed'],
    ['another key', 'failed'],
    ['another issuer', 'failed'],
    ['another audience', 'failed'],
    ['another nonce', 'failed'],
    ['expired', 'failed'],
    ['no id token', 'failed'],
    ['garbage', 'failed'],
    ['an error', 'failed'],
    ['no answer', 'unreachable'],
  ])('[SSO9] a provider that answers with %s signs nobody in', async (wrong, refusal) => {
    const hostile = await startHostileProvider()
    const { api, isStudio, startUrl } = await startApi(hostile.issuer)
    hostile.be(wrong)
    const browser = new TestBrowser()
    expect(await browser.follow(startUrl, isStudio)).toBe(`${api.url}/sso-failed#${refusal}`)
    expect(browser.cookie('nexus_session')).toBeUndefined()
    expect(await database.db.selectFrom('users').selectAll().execute()).toEqual([])
    hostile.be('nothing')
    expect(await browser.follow(startUrl, isStudio)).toMatch(/\/w\//)
  })

  test('[SSO10] a provider that cannot be reached is no reason not to start; when it is back, people sign in', async () => {
    const { api, isStudio, startUrl } = await startApi('http://127.0.0.1:9')
    expect((await api.call('GET', '/api/auth/ways')).body.sso).not.toBeNull()
    const at = await new TestBrowser().follow(startUrl, isStudio)
    expect(at).toBe(`${api.url}/sso-failed#unreachable`)
  })

  test('[SSO11] who says no at the provider is told so', async () => {
    const { api, provider, isStudio, startUrl } = await startBoth()
    const browser = new TestBrowser()
    const begun = await browser.open(startUrl)
    const { searchParams } = new URL(begun.headers.get('location') ?? '')
    const said = `${api.url}${CALLBACK}?error=access_denied&state=${searchParams.get('state')}`
    const issuer = encodeURIComponent(provider.issuer)
    expect(await browser.follow(`${said}&iss=${issuer}`, isStudio)).toBe(`${api.url}/sso-failed#denied`)
  })

  test('[SSO12] without a provider there is no such way, and nothing to be found', async () => {
    const api = await startTestApi({ db: database.db })
    expect((await api.call('GET', '/api/auth/ways')).body).toEqual({ sso: null })
    for (const path of ['/api/auth/sso/start', CALLBACK])
      expect((await api.call('GET', path)).status).toBe(404)
  })

  test('[SSO13] the cookie of the way there is for that way alone, and the verifier leaves it by none', async () => {
    const { startUrl } = await startBoth({ PUBLIC_URL: 'https://nexus.example.org' })
    const response = await new TestBrowser().open(startUrl)
    const [cookie = ''] = response.headers.getSetCookie()
    expect(cookie).toMatch(/^nexus_sso=/)
    for (const attribute of ['HttpOnly', 'Secure', 'SameSite=Lax', 'Path=/api/auth/sso', 'Max-Age=600'])
      expect(cookie).toContain(attribute)
    const { searchParams } = new URL(response.headers.get('location') ?? '')
    expect(searchParams.get('redirect_uri')).toBe(`https://nexus.example.org${CALLBACK}`)
    expect(searchParams.get('code_challenge_method')).toBe('S256')
    const trip = JSON.parse(Buffer.from(/=([^;]+)/.exec(cookie)?.[1] ?? '', 'base64url').toString())
    expect(response.headers.get('location')).not.toContain(trip.journey.verifier)
  })
})
