import type { Json, JsonObject } from '@nexus/core'
import { expect, test } from 'vitest'
import { describeState } from './describe-state.ts'

const words = (before: JsonObject, after: JsonObject): string => describeState(before, after).join(', ')
const task = (id: string, done = false, title = id): JsonObject => ({ id, done, title })

test.each<[JsonObject, JsonObject, string]>([
  [{ tasks: [] }, { tasks: [task('a'), task('b'), task('c')] }, '3 tasks added'],
  [{ tasks: [task('a')] }, { tasks: [task('a', true), task('b')] }, '1 task added, 1 done'],
  [{ tasks: [task('a'), task('b')] }, { tasks: [task('b')] }, '1 task removed'],
  [{ tasks: [task('a', true)] }, { tasks: [task('a', false)] }, '1 task reopened'],
  [{ tasks: [task('a')] }, { tasks: [task('a', false, 'x')] }, '1 task changed'],
  [{ tasks: [task('a'), task('b')] }, { tasks: [task('b'), task('a')] }, 'tasks reordered'],
  [{ entries: [] }, { entries: ['x'] }, '1 entry added'],
  [{ movies: [] }, { movies: ['x'] }, '1 movie added'],
  [{ tasks: [{ id: 'a' }] }, { tasks: [{ id: 'a', done: false }] }, '1 task changed'],
  [{ boxes: [] }, { boxes: ['x'] }, '1 box added'],
  [{ list: ['a', 'b'] }, { list: ['a', 'c', 'd'] }, '1 item of list added, 1 changed'],
  [{ text: 'a' }, { text: 'b' }, 'text edited'],
  [{ n: 1 }, { n: 2 }, 'n changed'],
  [{}, { n: 2 }, 'n added'],
  [{ n: 1 }, {}, 'n removed'],
  [{ tasks: [{ key: 1, done: false }] }, { tasks: [{ key: 1, done: true }] }, '1 task done'],
  [
    { tasks: [{ title: 'a', done: false }, { title: 'b' }] },
    { tasks: [{ title: 'b' }, { title: 'a', done: true }] },
    '1 task done',
  ],
  [{}, { tasks: [task('a', true)] }, '1 task added'],
  [{}, { tasks: [] }, 'tasks added'],
  [{ tasks: 1 }, { tasks: ['a'] }, 'tasks changed'],
  [{ a: 1, b: [1, { c: 2 }] }, { a: 1, b: [1, { c: 2 }] }, ''],
])('[SNAP6] %j that becomes %j is told in words: %s', (before, after, said) => {
  expect(words(before, after)).toBe(said)
})

test('[SNAP6] whatever keys and items are called, it is one line and nothing fails', () => {
  const keys = [
    '',
    '\n\nCo-authored-by: eve <e@x>',
    '__proto__',
    'constructor',
    '\ud800',
    'x'.repeat(999),
    '\u202E',
  ]
  const values: Json[] = [null, [], {}, [[]], [{ id: 1 }, { id: 1 }], 'x', [null, { id: null }]]
  for (const key of keys)
    for (const was of values)
      for (const is of values) {
        const said = words(
          JSON.parse(`{${JSON.stringify(key)}:${JSON.stringify(was)}}`),
          JSON.parse(`{${JSON.stringify(key)}:${JSON.stringify(is)}}`),
        )
        expect(said).toMatch(/^[^\p{Cc}\p{Cf}\p{Cs}]{0,120}$/u)
        expect(said === '').toBe(JSON.stringify(was) === JSON.stringify(is))
      }
})
