import { withTestDatabase } from '@nexus/core/testkit'
import { expect, test } from 'vitest'
import type { ApiOptions } from './app.ts'
import { newMailFolder } from './testkit/read-mails.ts'
import { PASSWORD, signUp, startTestApi } from './testkit/test-api.ts'

const database = withTestDatabase()

/** An API with a clock that is moved by hand, and somebody whose password is tried. */
async function attacked(options: Partial<ApiOptions>) {
  let now = new Date()
  const api = await startTestApi({
    db: database.db,
    options: { TRUSTED_PROXIES: 1, ...options },
    now: () => now,
  })
  const ann = await signUp(api)
  const attempt = async (password: string, { email = ann.email, from = '192.0.2.1' } = {}) => {
    const answer = await api.call('POST', '/api/auth/login', {
      body: { email, password },
      headers: { 'x-forwarded-for': from },
    })
    return { status: answer.status, retryAfter: Number(answer.headers.get('retry-after')) }
  }
  const pass = (ms: number) => {
    now = new Date(now.getTime() + ms)
  }
  return { api, ann, attempt, pass }
}

test('[ACC54] after five wrong passwords the next tries wait 1 s, 2 s, 4 s … and never longer than the limit', async () => {
  const { attempt, pass } = await attacked({ LOGIN_DELAY_AFTER_FAILURES: 5, LOGIN_DELAY_MAX_S: 10 })
  for (let failures = 0; failures < 5; failures += 1) expect((await attempt('wrong')).status).toBe(401)
  for (const seconds of [1, 2, 4, 8, 10, 10]) {
    // The right one is not looked at either.
    expect(await attempt(PASSWORD)).toEqual({ status: 429, retryAfter: seconds })
    pass(seconds * 1_000)
    expect((await attempt('wrong')).status).toBe(401)
  }
  pass(10_000)
  expect((await attempt(PASSWORD)).status).toBe(200)
  expect((await attempt('wrong')).status).toBe(401)
  expect((await attempt(PASSWORD)).status).toBe(200)
})

test('[ACC54] trying many at once is no way around, and those who know their password do not get in its way', async () => {
  const { attempt } = await attacked({ LOGIN_DELAY_AFTER_FAILURES: 5 })
  const right = await Promise.all(Array.from({ length: 4 }, () => attempt(PASSWORD)))
  expect(right.map(({ status }) => status)).toEqual([200, 200, 200, 200])
  const answers = await Promise.all(Array.from({ length: 40 }, (_each, index) => attempt(`wrong ${index}`)))
  expect(answers.filter(({ status }) => status === 401)).toHaveLength(5)
  expect(answers.filter(({ status }) => status === 429)).toHaveLength(35)
})

test('[ACC54] other accounts, and this one after an hour, do not wait', async () => {
  const { api, attempt, pass } = await attacked({ LOGIN_DELAY_AFTER_FAILURES: 1, LOGIN_DELAY_MAX_S: 60 })
  const bob = await signUp(api)
  for (let failures = 0; failures < 3; failures += 1) {
    await attempt('wrong')
    pass(60_000)
  }
  await attempt('wrong')
  expect((await attempt(PASSWORD)).status).toBe(429)
  expect((await attempt(PASSWORD, { email: bob.email })).status).toBe(200)
  pass(3_600_001)
  await attempt('wrong')
  expect((await attempt(PASSWORD)).retryAfter).toBe(1)
})

test('[ACC54] the delay holds for changing the password, deleting and restoring the account', async () => {
  const { api, ann } = await attacked({ LOGIN_DELAY_AFTER_FAILURES: 1 })
  const remove = () => ann.call('DELETE', '/api/auth/me', { body: { password: 'wrong' } })
  expect((await remove()).status).toBe(401)
  expect((await remove()).status).toBe(429)
  const body = { currentPassword: PASSWORD, newPassword: 'something else' }
  expect((await ann.call('POST', '/api/auth/password', { body })).status).toBe(429)
  const restore = () =>
    api.call('POST', '/api/auth/restore-account', { body: { email: ann.email, password: 'wrong' } })
  expect((await restore()).status).toBe(401)
  expect((await restore()).status).toBe(429)
})

test('[ACC55] one address waits whatever the account, with IPv6 the network of one customer', async () => {
  const { attempt } = await attacked({ LOGIN_DELAY_AFTER_FAILURES_PER_ADDRESS: 3 })
  for (const [index, from] of ['2001:db8::1', '2001:db8:0:0:1::', '2001:db8::ffff'].entries()) {
    const email = `victim${index}@example.org`
    expect((await attempt('wrong', { email, from })).status).toBe(401)
  }
  expect((await attempt(PASSWORD, { from: '2001:db8::2' })).status).toBe(429)
  expect((await attempt(PASSWORD, { from: '2001:db8:0:1::2' })).status).toBe(200)
  expect((await attempt(PASSWORD, { from: '192.0.2.9' })).status).toBe(200)
})

test('[ACC56] sign-ups are limited per address, and mails per account, by the hour', async () => {
  let now = new Date()
  const api = await startTestApi({
    db: database.db,
    mailFolder: await newMailFolder(),
    options: { RATE_LIMIT_SIGNUPS_PER_ADDRESS: 2, RATE_LIMIT_MAILS_PER_ACCOUNT: 2 },
    now: () => now,
  })
  await signUp(api)
  const ann = await signUp(api)
  await expect(signUp(api)).rejects.toThrow('rate_limited')
  const forget = (email: string) => api.call('POST', '/api/auth/forgot-password', { body: { email } })
  for (const email of [ann.email, 'nobody.knows@example.org']) {
    expect((await forget(email)).status).toBe(202)
    expect((await forget(email)).status).toBe(202)
    expect((await forget(email)).status).toBe(429)
  }
  now = new Date(now.getTime() + 3_600_001)
  expect((await forget(ann.email)).status).toBe(202)
  await signUp(api)
})
