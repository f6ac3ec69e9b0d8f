import { expect, test } from 'vitest'
import { toReturnPath } from './return-path.ts'

test.each([
  '/.//evil.example.org',
  '/%2e//evil.example.org',
  '/w/..//evil.example.org',
  '/\\evil.example.org',
  '/\t/evil.example.org',
  '//evil.example.org',
  'https://evil.example.org',
  'javascript:alert(1)',
  '/w/../api/auth/logout',
  '/API',
  `/${'x'.repeat(500)}`,
  '',
  7,
  undefined,
])('[SSO2] %j leads to the start page', (wanted) => {
  expect(toReturnPath(wanted)).toBe('/')
})

test.each(['/', '/w/one', '/w/one/p/two', '/apiary'])('[SSO2] %s is a place in the studio', (wanted) => {
  expect(toReturnPath(wanted)).toBe(wanted)
})
