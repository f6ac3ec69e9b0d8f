import { withTestDatabase } from '@nexus/core/testkit'
import { sql } from 'kysely'
import { beforeEach, expect, test } from 'vitest'
import type { ApiOptions } from './config.ts'
import { mailTo, newMailFolder } from './testkit/read-mails.ts'
import { startSso } from './testkit/sso-scene.ts'
import { signUp } from './testkit/test-api.ts'
import { TestBrowser } from './testkit/test-browser.ts'

const database = withTestDatabase()
beforeEach(() => sql`truncate users, workspaces, panel_states cascade`.execute(database.db))
const startBoth = (options: Partial<ApiOptions> = {}, more = {}) =>
  startSso({ db: database.db, ...more }, options)

test('[SSO15] an address that has gone to somebody else at the provider does not open the account of who had it', async () => {
  const { provider, signIn, whoIs } = await startBoth()
  await signIn('ada')
  provider.personas.set('successor', { email: 'ada@example.org' })
  const browser = new TestBrowser()
  expect(await signIn('successor', browser)).toBe('/sso-failed#taken')
  expect(await whoIs(browser)).toBeNull()
  expect(await signIn('ada')).toBe('/')
})

test('[SSO16] who has no password deletes the account within ten minutes of signing in, and not later', async () => {
  let now = new Date()
  const { api, signIn, tokenOf, startUrl } = await startBoth({}, { now: () => now })
  const browser = new TestBrowser()
  await signIn('ada', browser)
  const token = await tokenOf(browser)
  const remove = () => api.call('DELETE', '/api/auth/me', { token, body: {} })
  now = new Date(now.getTime() + 11 * 60_000)
  expect(await remove()).toMatchObject({ status: 403, body: { code: 'recent_sign_in_required' } })
  const begun = await new TestBrowser().open(`${startUrl}?prompt=login`)
  expect(new URL(begun.headers.get('location') ?? '').searchParams.get('prompt')).toBe('login')
  now = new Date()
  expect((await remove()).status).toBe(202)
  expect(await signIn('ada', browser)).toBe('/sso-failed#closed')
  const ann = await signUp(api)
  expect(await ann.call('DELETE', '/api/auth/me', { body: {} })).toMatchObject({
    status: 422,
    body: { pointer: '/password' },
  })
})

test('[SSO17] the deleted account of who signs in at the provider is brought back from that browser, for ten minutes', async () => {
  let now = new Date()
  const { api, signIn, whoIs, tokenOf, startUrl } = await startBoth({}, { now: () => now })
  const browser = new TestBrowser()
  await signIn('ada', browser)
  await api.call('DELETE', '/api/auth/me', { token: await tokenOf(browser), body: {} })
  const restore = (by: TestBrowser) => by.open(`${api.url}/api/auth/sso/restore-account`, {})
  expect((await restore(browser)).status).toBe(403)
  expect(await signIn('ada', browser)).toBe('/sso-failed#closed')
  expect((await restore(new TestBrowser())).status).toBe(403)
  const wrongKind = new TestBrowser()
  await wrongKind.open(startUrl)
  wrongKind.setCookie('nexus_sso_closed', wrongKind.cookie('nexus_sso') ?? '')
  expect((await restore(wrongKind)).status).toBe(403)
  now = new Date(now.getTime() + 10 * 60_000 + 1_000)
  expect((await restore(browser)).status).toBe(403)
  now = new Date()
  const restored = await restore(browser)
  expect(restored.status).toBe(200)
  expect(await restored.json()).toMatchObject({
    user: { email: 'ada@example.org' },
    workspace: { name: 'My First Workspace' },
  })
  expect((await whoIs(browser)).email).toBe('ada@example.org')
  expect((await restore(browser)).status).toBe(403)
})

test('[SSO17] a deleted account that is somebody else’s at the provider is not given away', async () => {
  const { api, provider, signIn, tokenOf } = await startBoth()
  const browser = new TestBrowser()
  await signIn('ada', browser)
  await api.call('DELETE', '/api/auth/me', { token: await tokenOf(browser), body: {} })
  provider.personas.set('successor', { email: 'ada@example.org' })
  const other = new TestBrowser()
  expect(await signIn('successor', other)).toBe('/sso-failed#taken')
  expect(other.cookie('nexus_sso_closed')).toBeUndefined()
})

test('[SSO20] who has no password has none to guess, and gets one by mail', async () => {
  const mailFolder = await newMailFolder()
  const { api, signIn, whoIs, tokenOf } = await startBoth({}, { mailFolder })
  const browser = new TestBrowser()
  await signIn('ada', browser)
  const logIn = (password: string) =>
    api.call('POST', '/api/auth/login', { body: { email: 'ada@example.org', password } })
  for (const guess of ['', 'null', 'undefined'])
    expect((await logIn(guess)).body.code).toBe('invalid_credentials')
  const change = { currentPassword: '', newPassword: 'another one 123' }
  expect(
    (await api.call('POST', '/api/auth/password', { token: await tokenOf(browser), body: change })).body.code,
  ).toBe('invalid_credentials')
  await api.call('POST', '/api/auth/forgot-password', { body: { email: 'ada@example.org' } })
  const { token } = await mailTo(mailFolder, 'ada@example.org')
  await api.call('POST', '/api/auth/reset-password', { body: { token, newPassword: 'another one 123' } })
  expect((await logIn('another one 123')).body.user).toMatchObject({ hasPassword: true })
  await signIn('ada', browser)
  const removed = await api.call('DELETE', '/api/auth/me', { token: await tokenOf(browser), body: {} })
  expect(removed.status).toBe(422)
  expect((await whoIs(browser)).hasPassword).toBe(true)
})
