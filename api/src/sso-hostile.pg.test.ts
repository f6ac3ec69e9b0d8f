import { systemClock } from '@nexus/core'
import { createLogger } from '@nexus/core/server'
import { OIDC_CLIENT, withTestDatabase } from '@nexus/core/testkit'
import { sql } from 'kysely'
import { beforeEach, expect, test } from 'vitest'
import { type ApiOptions, apiFallbacks } from './config.ts'
import { createSsoProvider } from './sso/provider.ts'
import { ACCESS_TOKEN, startHostileProvider, type Wrong } from './testkit/hostile-provider.ts'
import { SSO_CALLBACK, startSso, startSsoApi } from './testkit/sso-scene.ts'
import { TestBrowser } from './testkit/test-browser.ts'

const database = withTestDatabase()
beforeEach(() => sql`truncate users, workspaces, panel_states cascade`.execute(database.db))
const startBoth = (options: Partial<ApiOptions> = {}, more = {}) =>
  startSso({ db: database.db, ...more }, options)
const startApi = (issuer: string, options: Partial<ApiOptions> = {}, more = {}) =>
  startSsoApi(issuer, { db: database.db, ...more }, options)
const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

test('[SSO8] an answer that another browser asked for, that comes twice, or that is made up, signs nobody in', async () => {
  const { api, startUrl, whoIs } = await startBoth()
  const hostile = await startHostileProvider()
  const { api: second, isStudio } = await startApi(hostile.issuer)
  const [mine, yours] = [new TestBrowser(), new TestBrowser()]
  const isCallback = (url: string) => url.includes(SSO_CALLBACK)
  const answer = await mine.follow(`${second.url}/api/auth/sso/start`, isCallback)
  const refused = `${second.url}/sso-failed#expired`
  expect(await yours.follow(answer, isStudio)).toBe(refused)
  await yours.follow(`${second.url}/api/auth/sso/start`, isCallback)
  expect(await yours.follow(answer, isStudio)).toBe(refused)
  expect(await mine.follow(answer, isStudio)).toMatch(/\/w\//)
  expect(await mine.follow(answer, isStudio)).toBe(refused)
  const journey = { state: '1', nonce: '2', verifier: '3' }
  const madeUp = Buffer.from(JSON.stringify({ journey, returnTo: '/' })).toString('base64url')
  for (const cookie of ['x', madeUp, `${base64url({ alg: 'none' })}.${base64url({ journey })}.`]) {
    yours.setCookie('nexus_sso', cookie)
    expect(await yours.follow(`${second.url}${SSO_CALLBACK}?state=1&code=2`, isStudio)).toBe(refused)
  }
  expect(await whoIs(yours)).toBeNull()
  expect(startUrl.startsWith(api.url)).toBe(true)
})

test('[SSO8] a browser’s cookie that somebody has copied is of no use: each answer is taken once, and for ten minutes', async () => {
  const hostile = await startHostileProvider()
  let now = new Date()
  const { api, isStudio, startUrl } = await startApi(hostile.issuer, {}, { now: () => now })
  const [own, thief] = [new TestBrowser(), new TestBrowser()]
  const begin = () => own.follow(startUrl, (url) => url.includes(SSO_CALLBACK))
  const answer = await begin()
  thief.setCookie('nexus_sso', own.cookie('nexus_sso') ?? '')
  await own.follow(answer, isStudio)
  expect(await thief.follow(answer, isStudio)).toBe(`${api.url}/sso-failed#expired`)
  const late = await begin()
  now = new Date(now.getTime() + 10 * 60_000 + 1_000)
  expect(await own.follow(late, isStudio)).toBe(`${api.url}/sso-failed#expired`)
  expect(thief.cookie('nexus_session')).toBeUndefined()
})

test.each<[Wrong, string]>([
  ['algorithm none', 'failed'],
  ['another key', 'failed'],
  ['the secret as its key', 'failed'],
  ['another issuer', 'failed'],
  ['another audience', 'failed'],
  ['several audiences, and made for another', 'failed'],
  ['another nonce', 'failed'],
  ['no nonce', 'failed'],
  ['expired', 'failed'],
  ['no end', 'failed'],
  ['a time that has not come', 'failed'],
  ['no subject', 'failed'],
  ['an endless subject', 'failed'],
  ['a subject that cannot be stored', 'failed'],
  ['no id token', 'failed'],
  ['garbage', 'failed'],
  ['an error', 'failed'],
  ['another issuer in the address', 'failed'],
  ['no issuer in the address', 'failed'],
  ['news of somebody else', 'failed'],
  ['no keys', 'failed'],
  ['another name of itself', 'unreachable'],
  ['no answer', 'unreachable'],
  ['no end of an answer', 'failed'],
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

test('[SSO14] what comes from the provider is in no log: no token, no code, no claim, no secret', async () => {
  const lines: string[] = []
  const logger = createLogger({
    service: 'api',
    level: 'debug',
    to: { write: (line) => void lines.push(line) },
  })
  const hostile = await startHostileProvider()
  const { isStudio, startUrl } = await startApi(hostile.issuer, {}, { logger })
  const browser = new TestBrowser()
  const answers: URL[] = []
  for (const wrong of [
    'nothing',
    'no id token',
    'another audience',
    'another key',
    'an error',
    'news of somebody else',
  ] as const) {
    hostile.be(wrong)
    await browser.follow(startUrl, (url) => {
      if (url.includes(SSO_CALLBACK)) answers.push(new URL(url))
      return isStudio(url)
    })
  }
  const log = lines.join('')
  expect(log).toContain('invalid_grant')
  const codes = answers.flatMap(({ searchParams }) => [searchParams.get('code'), searchParams.get('state')])
  expect(codes).toHaveLength(12)
  const told = [
    'mallory',
    'ada@example.org',
    ACCESS_TOKEN,
    OIDC_CLIENT.secret,
    browser.cookie('nexus_session'),
  ]
  for (const secret of [...codes, ...told]) {
    expect(secret).toBeTruthy()
    expect(log).not.toContain(secret)
  }
})

/** Somebody has come back from a provider that goes wrong then. */
async function finishWhen(wrong: Wrong, timeoutS: number) {
  const hostile = await startHostileProvider()
  const options = { ...apiFallbacks(), OIDC_ISSUER: hostile.issuer, OIDC_CLIENT_ID: OIDC_CLIENT.id }
  const provider = createSsoProvider(options, systemClock, timeoutS)
  if (provider === null) throw new Error('There is no provider.')
  const { journey } = await provider.begin({ redirectUri: 'http://127.0.0.1/x', asksAgain: false })
  hostile.be(wrong)
  const came = new URL(`http://127.0.0.1/x?code=1&state=${journey.state}&iss=${hostile.issuer}`)
  const refused = await provider.finish(came, journey).catch((error: unknown) => error)
  return { hostile, refused }
}

test('[SSO19] a provider that falls silent is given up', async () => {
  const { refused } = await finishWhen('silence', 1)
  expect(refused).toMatchObject({ refusal: 'unreachable' })
})

test('[SSO19] an answer that goes on for ever is broken off, and is not held in memory', async () => {
  const { hostile, refused } = await finishWhen('no end of an answer', 5)
  expect(refused).toMatchObject({ refusal: 'failed' })
  // What is on its way in sockets comes on top of the megabyte.
  expect(hostile.sentBytes()).toBeLessThan(20_000_000)
})
