import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json } from '../model/json.ts'
import { diffJson } from './diff-json.ts'
import { applyReference } from './reference-patch.ts'
import { someJson, someList, someObject } from './sample-panels.ts'

const panel = (state: Json): Json => ({ $state: state, $computed: {} })

describe('diffJson', () => {
  test.each<[Json, Json, unknown[]]>([
    [{ a: 1 }, { a: 1 }, []],
    [{ a: 1 }, { a: 2 }, [{ op: 'replace', path: '/a', value: 2 }]],
    [
      { a: 1, b: 2 },
      { b: 2, c: 3 },
      [
        { op: 'remove', path: '/a' },
        { op: 'add', path: '/c', value: 3 },
      ],
    ],
    [{ 'x/y': { '~': 1 } }, { 'x/y': { '~': null } }, [{ op: 'replace', path: '/x~1y/~0', value: null }]],
    [
      [{ id: 'a' }, { id: 'b', done: false }, { id: 'c', title: 'a longer title' }],
      [{ id: 'b', done: true }, { id: 'c', title: 'a longer title' }, { id: 'd' }],
      [
        { op: 'remove', path: '/0' },
        { op: 'replace', path: '/0/done', value: true },
        { op: 'add', path: '/2', value: { id: 'd' } },
      ],
    ],
    [[1, 2, 3], [4, 5, 6], [{ op: 'replace', path: '', value: [4, 5, 6] }]],
    ['a', ['a'], [{ op: 'replace', path: '', value: ['a'] }]],
  ])('[DOC95] %j → %j', (before, after, patch) => {
    expect(diffJson(before, after)).toEqual(patch)
  })

  test('[DOC96] the patch turns one value into the other', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.tuple(someObject, someObject),
          fc.tuple(someObject, fc.dictionary(fc.string(), someJson)),
        ),
        ([before, after]) => {
          expect(applyReference(panel(before), diffJson(panel(before), panel(after)))).toEqual(panel(after))
        },
      ),
      { numRuns: 300 },
    )
    fc.assert(
      fc.property(someList, someList, (before, after) => {
        const patch = diffJson(panel({ list: before }), panel({ list: after }))
        expect(applyReference(panel({ list: before }), patch)).toEqual(panel({ list: after }))
        expect(diffJson(after, after)).toEqual([])
      }),
      { numRuns: 300 },
    )
  })
})
