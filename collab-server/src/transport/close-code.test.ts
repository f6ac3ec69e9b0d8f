import { expect, test } from 'vitest'
import { closeCodeOf } from './close-code.ts'

test.each([
  ['not_found', 4404],
  ['forbidden', 4403],
  ['internal', 1011],
  // What Hocuspocus says when a hook has failed.
  ['Reset Connection', 4205],
])('[YWS13] a document closed for %s closes the socket of its only client with %d', (reason, code) => {
  expect(closeCodeOf(reason)).toBe(code)
})
