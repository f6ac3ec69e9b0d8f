import { SSO_REFUSALS } from '@nexus/core'
import { expect, test } from 'vitest'
import { ssoWords } from './sso-words.ts'

test('[SSO11] each reason has a sentence of its own, also one this studio does not know', () => {
  expect(new Set(SSO_REFUSALS.map(ssoWords)).size).toBe(SSO_REFUSALS.length)
  for (const unknown of ['something new', '', 'constructor'])
    expect(ssoWords(unknown)).toBe(ssoWords('failed'))
})
