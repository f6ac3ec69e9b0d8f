import { expect, test } from 'vitest'
import { parseRedisUrl } from './redis-target.ts'

const [one, two] = [
  { host: 'one', port: 6_379 },
  { host: '::1', port: 7_000 },
]

test.each([
  ['redis://one', { kind: 'single', server: one }],
  ['redis://[::1]:7000/3', { kind: 'single', server: { ...two, db: 3 } }],
  ['rediss://:s%40x@one', { kind: 'single', server: { ...one, password: 's@x', tls: {} } }],
  ['redis://one:6379,[::1]:7000', { kind: 'cluster', seeds: [one, two], access: {} }],
  ['redis+cluster://one', { kind: 'cluster', seeds: [one], access: {} }],
  [
    'rediss+cluster://ann:secret@one,[::1]:7000/',
    { kind: 'cluster', seeds: [one, two], access: { username: 'ann', password: 'secret', tls: {} } },
  ],
])('[FAN22] %s leads to one server or to a cluster', (url, target) => {
  expect(parseRedisUrl(url)).toEqual(target)
})

test.each([
  'one:6379',
  'http://one',
  'redis://',
  'redis://one,',
  'redis://ann:secret@one:x',
  'redis://ann:secret@one,two/1',
])('[FAN22] %s is refused in words that do not have its password', (url) => {
  expect(() => parseRedisUrl(url)).toThrow(/^(?!.*secret).*must/)
})
