import { readOptions } from '@nexus/core/server'
import { expect, test } from 'vitest'
import { COLLAB_OPTIONS } from './config.ts'

test.each([
  ['COLLAB_PING_INTERVAL_MS', 22_000],
  ['COLLAB_PRESENCE_RENEWAL_MS', 12_000],
] as const)('[CFG5] %s above %i, with which people would vanish, is refused', (name, max) => {
  expect(readOptions(COLLAB_OPTIONS, { [name]: String(max) })[name]).toBe(max)
  expect(() => readOptions(COLLAB_OPTIONS, { [name]: String(max + 1) })).toThrow(name)
})
