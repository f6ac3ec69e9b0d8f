import { expect, test } from 'vitest'
import { ssoWords } from './sso-words.ts'

test('[SSO11] each reason has a sentence of its own, also one this studio does not know', () => {
  const reasons = [
    'denied',
    'expired',
    'no_email',
    'domain',
    'confirm_first',
    'no_account',
    'closed',
    'unreachable',
    'failed',
  ]
  expect(new Set(reasons.map(ssoWords)).size).toBe(reasons.length)
  expect(ssoWords('something new')).toBe(ssoWords('failed'))
})
