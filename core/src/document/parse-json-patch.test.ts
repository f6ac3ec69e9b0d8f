import { expect, test } from 'vitest'
import { parseJsonPatch } from './parse-json-patch.ts'
import { formatPointer, parseIndex, parsePointer } from './pointer.ts'

test('[DOC23] operations are taken with the members they need, and no others', () => {
  expect(
    parseJsonPatch([
      { op: 'add', path: '', value: null, from: '/x', extra: 1 },
      { op: 'move', path: '/a', from: '/b', value: 1 },
      { op: 'remove', path: '/a~0~1', value: 1 },
      { op: 'increment', path: '/a', value: -1.5 },
    ]),
  ).toEqual([
    { op: 'add', path: '', value: null },
    { op: 'move', path: '/a', from: '/b' },
    { op: 'remove', path: '/a~0~1' },
    { op: 'increment', path: '/a', value: -1.5 },
  ])
})

test.each<[unknown]>([
  [{ op: 'add', path: '/a' }],
  [{ op: 'add', path: 'a', value: 1 }],
  [{ op: 'add', path: '/a~2', value: 1 }],
  [{ op: 'add', path: '/a~', value: 1 }],
  [{ op: 'add', value: 1 }],
  [{ op: 'add', path: ['a'], value: 1 }],
  [{ op: 'move', path: '/a' }],
  [{ op: 'copy', path: '/a', from: 'b' }],
  [{ op: 'increment', path: '/a', value: '1' }],
  [{ op: 'increment', path: '/a' }],
  [{ op: 'set', path: '/a', value: 1 }],
  [{ op: 'toString', path: '/a' }],
  [{ path: '/a', value: 1 }],
  [null],
  ['add'],
  [[]],
])('[DOC23] %j is refused with its position', (operation) => {
  expect(() => parseJsonPatch([{ op: 'remove', path: '/x' }, operation])).toThrow(
    expect.objectContaining({ code: 'invalid_patch', details: expect.objectContaining({ operation: 1 }) }),
  )
})

test.each([
  [null],
  [{}],
  ['[]'],
  [undefined],
  [Array.from({ length: 10_001 }, () => ({ op: 'remove', path: '/a' }))],
])('[DOC23] what is no list of at most 10,000 operations is refused', (value) => {
  expect(() => parseJsonPatch(value)).toThrow(expect.objectContaining({ code: 'invalid_patch' }))
})

test('[DOC24] pointers are read and written as RFC 6901 says', () => {
  expect(parsePointer('')).toEqual([])
  expect(parsePointer('/')).toEqual([''])
  expect(parsePointer('/a~1b/m~0n/~01/')).toEqual(['a/b', 'm~n', '~1', ''])
  expect(formatPointer(['a/b', 'm~n', '~1', '', 3])).toBe('/a~1b/m~0n/~01//3')
  expect([parsePointer('a'), parsePointer('/~'), parsePointer('/~3')]).toEqual([null, null, null])
  expect(
    ['0', '10', '01', '-', '-0', '1.0', ' 1', '', '1e1', '99999999999999999999'].map(parseIndex),
  ).toEqual([0, 10, ...Array(8).fill(null)])
})
