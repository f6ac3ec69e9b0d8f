import { expect, test } from 'vitest'
import { changeWords, summaryOf } from './patch-words.ts'

test('[STU70] what an operation did is told in words, and where', () => {
  expect(changeWords({ op: 'replace', path: '/$state/tasks/1/done', value: true })).toEqual({
    place: 'tasks › 2 › done',
    verb: 'changed',
    value: 'true',
  })
  expect(changeWords({ op: 'remove', path: '/$computed/a~1b' })).toEqual({
    place: '$computed › a/b',
    verb: 'removed',
    value: null,
  })
  expect(changeWords({ op: 'add', path: '/$state', value: 'x'.repeat(999) })).toMatchObject({
    place: 'everything',
    value: expect.stringMatching(/^"x{199}…$/),
  })
})

test('[STU70] a version is told in a line', () => {
  const add = { op: 'add', path: '/$state/n', value: 1 }
  expect(summaryOf([])).toBe('Nothing one can see')
  expect(summaryOf([add])).toBe('n added')
  expect(summaryOf([add, add])).toBe('n added, 1 more change')
  expect(summaryOf([add, add, add])).toBe('n added, 2 more changes')
})
