import { expect, test, vi } from 'vitest'
import { createAccessToken, RENEW_BEFORE_END_MS } from './access-token.ts'

function setUp() {
  let time = 0
  let count = 0
  const renew = vi.fn(async () => ({ accessToken: `token-${++count}`, expiresIn: 900 }))
  const token = createAccessToken({ renew, now: () => time, exclusively: (work) => work() })
  return { token, renew, pass: (ms: number) => (time += ms) }
}

test('[STU1] many callers at once cost one renewal', async () => {
  const { token, renew } = setUp()
  const answers = await Promise.all([token.current(), token.current(), token.current()])
  expect(answers).toEqual(['token-1', 'token-1', 'token-1'])
  expect(renew).toHaveBeenCalledTimes(1)
})

test('[STU2] a token near its end is replaced before it is used', async () => {
  const { token, pass } = setUp()
  await token.current()
  pass(900_000 - RENEW_BEFORE_END_MS - 1)
  expect(await token.current()).toBe('token-1')
  pass(1)
  expect(await token.current()).toBe('token-2')
})

test('[STU3] a refused token is replaced once, however many requests it was refused to', async () => {
  const { token, renew } = setUp()
  const refused = await token.current()
  expect(await token.replace(refused)).toBe('token-2')
  expect(await token.replace(refused)).toBe('token-2')
  expect(renew).toHaveBeenCalledTimes(2)
})

test('[STU4] a renewal that ends after sign-out leaves no token behind', async () => {
  const { token } = setUp()
  const late = token.current()
  token.forget()
  await late
  expect(token.renewAt()).toBeNull()
})
