import { expect, test } from 'vitest'
import { createVerifiedTokens } from './verified-tokens.ts'

function setUp() {
  let time = 0
  const tokens = createVerifiedTokens<{ readonly expiresAt: Date; readonly who: string }>({
    now: () => new Date(time),
  })
  const put = (token: string, who: string, lifeMs: number) =>
    tokens.put(token, { who, expiresAt: new Date(time + lifeMs) })
  return { tokens, put, pass: (ms: number) => (time += ms) }
}

test('[TOK6] what a checked token says is remembered for a minute, of that very token only', () => {
  const { tokens, put, pass } = setUp()
  put('token', 'ann', 900_000)
  expect(tokens.get('token')?.who).toBe('ann')
  expect(tokens.get('tokem')).toBeNull()
  expect(tokens.get('')).toBeNull()
  pass(59_999)
  expect(tokens.get('token')?.who).toBe('ann')
  pass(1)
  expect(tokens.get('token')).toBeNull()
})

test('[TOK6] and never beyond its end', () => {
  const { tokens, put, pass } = setUp()
  put('token', 'ann', 5_000)
  pass(4_999)
  expect(tokens.get('token')?.who).toBe('ann')
  pass(1)
  expect(tokens.get('token')).toBeNull()
})

test('[TOK6] ten thousand and one more do not fill the memory', () => {
  const { tokens, put } = setUp()
  for (let count = 0; count <= 10_000; count += 1) put(`token ${count}`, 'x', 900_000)
  expect(tokens.get('token 0')).toBeNull()
  expect(tokens.get('token 10000')?.who).toBe('x')
})
