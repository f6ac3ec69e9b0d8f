import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type * as Y from 'yjs'
import { isNexusError, type NexusError } from '../model/errors.ts'
import type { Json, JsonObject } from '../model/json.ts'
import { applyJsonPatch } from './apply-json-patch.ts'
import type { JsonPatchOperation } from './json-patch.ts'
import { parseJsonPatch } from './parse-json-patch.ts'
import { panelJson, readState } from './read-state.ts'
import { applyReference, applyReferenceStep, ReferenceFailure } from './reference-patch.ts'
import {
  bytesOf,
  newPanel,
  replicaOf,
  someJson,
  someKey,
  someObject,
  sync,
  TODO_MODEL,
  todoState,
  updatesOf,
} from './sample-panels.ts'
import { FREE_FORM, FREE_FORM_MODEL, type PanelModel } from './shape.ts'

const freeForm = (state: JsonObject) => newPanel(FREE_FORM, state)

/** Applies operations as they would come over the network. */
const patch = (doc: Y.Doc, model: PanelModel, ...operations: unknown[]) =>
  applyJsonPatch(doc, model, parseJsonPatch(JSON.parse(JSON.stringify(operations))))

function failureOf(run: () => unknown): NexusError {
  try {
    run()
  } catch (error) {
    if (isNexusError(error)) return error
    throw error
  }
  throw new Error('Nothing was thrown.')
}

describe('RFC 6902, appendix A', () => {
  const cases: [
    title: string,
    before: JsonObject,
    operations: unknown[],
    after: JsonObject | 'invalid_patch' | 'patch_test_failed',
  ][] = [
    [
      'A.1 adding an object member',
      { foo: 'bar' },
      [{ op: 'add', path: '/baz', value: 'qux' }],
      { baz: 'qux', foo: 'bar' },
    ],
    [
      'A.2 adding an array element',
      { foo: ['bar', 'baz'] },
      [{ op: 'add', path: '/foo/1', value: 'qux' }],
      { foo: ['bar', 'qux', 'baz'] },
    ],
    [
      'A.3 removing an object member',
      { baz: 'qux', foo: 'bar' },
      [{ op: 'remove', path: '/baz' }],
      { foo: 'bar' },
    ],
    [
      'A.4 removing an array element',
      { foo: ['bar', 'qux', 'baz'] },
      [{ op: 'remove', path: '/foo/1' }],
      { foo: ['bar', 'baz'] },
    ],
    [
      'A.5 replacing a value',
      { baz: 'qux', foo: 'bar' },
      [{ op: 'replace', path: '/baz', value: 'boo' }],
      { baz: 'boo', foo: 'bar' },
    ],
    [
      'A.6 moving a value',
      { foo: { bar: 'baz', waldo: 'fred' }, qux: { corge: 'grault' } },
      [{ op: 'move', from: '/foo/waldo', path: '/qux/thud' }],
      { foo: { bar: 'baz' }, qux: { corge: 'grault', thud: 'fred' } },
    ],
    [
      'A.7 moving an array element',
      { foo: ['all', 'grass', 'cows', 'eat'] },
      [{ op: 'move', from: '/foo/1', path: '/foo/3' }],
      { foo: ['all', 'cows', 'eat', 'grass'] },
    ],
    [
      'A.8 testing a value: success',
      { baz: 'qux', foo: ['a', 2, 'c'] },
      [
        { op: 'test', path: '/baz', value: 'qux' },
        { op: 'test', path: '/foo/1', value: 2 },
      ],
      { baz: 'qux', foo: ['a', 2, 'c'] },
    ],
    [
      'A.9 testing a value: error',
      { baz: 'qux' },
      [{ op: 'test', path: '/baz', value: 'bar' }],
      'patch_test_failed',
    ],
    [
      'A.10 adding a nested member object',
      { foo: 'bar' },
      [{ op: 'add', path: '/child', value: { grandchild: {} } }],
      { foo: 'bar', child: { grandchild: {} } },
    ],
    [
      'A.11 ignoring unrecognized elements',
      { foo: 'bar' },
      [{ op: 'add', path: '/baz', value: 'qux', xyz: 123 }],
      { foo: 'bar', baz: 'qux' },
    ],
    [
      'A.12 adding to a nonexistent target',
      { foo: 'bar' },
      [{ op: 'add', path: '/baz/bat', value: 'qux' }],
      'invalid_patch',
    ],
    [
      'A.14 ~ escape ordering',
      { '/': 9, '~1': 10 },
      [{ op: 'test', path: '/~01', value: 10 }],
      { '/': 9, '~1': 10 },
    ],
    [
      'A.15 comparing strings and numbers',
      { '/': 9, '~1': 10 },
      [{ op: 'test', path: '/~01', value: '10' }],
      'patch_test_failed',
    ],
    [
      'A.16 adding an array value',
      { foo: ['bar'] },
      [{ op: 'add', path: '/foo/-', value: ['abc', 'def'] }],
      { foo: ['bar', ['abc', 'def']] },
    ],
  ]

  test.each(cases)('[DOC10] %s', (_title, before, operations, after) => {
    const doc = freeForm(before)
    const below = operations.map((operation) => {
      const members = operation as { path: string; from?: string }
      return {
        ...members,
        path: `/$state${members.path}`,
        ...(members.from !== undefined && { from: `/$state${members.from}` }),
      }
    })
    if (typeof after === 'string') {
      expect(failureOf(() => patch(doc, FREE_FORM_MODEL, ...below)).code).toBe(after)
      expect(readState(doc, FREE_FORM)).toEqual(before)
    } else {
      patch(doc, FREE_FORM_MODEL, ...below)
      expect(readState(doc, FREE_FORM)).toEqual(after)
    }
  })

  test('[DOC10] A.13 a JSON text with two “op” members is parsed by JSON’s rule: the last one counts', () => {
    const doc = freeForm({ baz: 1 })
    applyJsonPatch(
      doc,
      FREE_FORM_MODEL,
      parseJsonPatch(JSON.parse('[{"op":"add","path":"/$state/baz","value":"qux","op":"remove"}]')),
    )
    expect(readState(doc, FREE_FORM)).toEqual({})
  })
})

describe('pointers and positions', () => {
  const refused: [operation: JsonObject, pointer: string][] = [
    [{ op: 'add', path: '/$state/list/3', value: 0 }, '/$state/list/3'],
    [{ op: 'add', path: '/$state/list/01', value: 0 }, '/$state/list/01'],
    [{ op: 'add', path: '/$state/list/-1', value: 0 }, '/$state/list/-1'],
    [{ op: 'add', path: '/$state/list/1e0', value: 0 }, '/$state/list/1e0'],
    [{ op: 'replace', path: '/$state/list/-', value: 0 }, '/$state/list/-'],
    [{ op: 'replace', path: '/$state/list/2', value: 0 }, '/$state/list/2'],
    [{ op: 'replace', path: '/$state/none', value: 0 }, '/$state/none'],
    [{ op: 'replace', path: '/$state/toString', value: 0 }, '/$state/toString'],
    [{ op: 'remove', path: '/$state/list/length' }, '/$state/list/length'],
    [{ op: 'remove', path: '/$state/none' }, '/$state/none'],
    [{ op: 'add', path: '/$state/word/0', value: 0 }, '/$state/word/0'],
    [{ op: 'move', from: '/$state/deep', path: '/$state/deep/in' }, '/$state/deep/in'],
    [{ op: 'copy', from: '/$state/none', path: '/$state/list/0' }, '/$state/none'],
    [{ op: 'increment', path: '/$state/word', value: 1 }, '/$state/word'],
    [{ op: 'increment', path: '/$state/none', value: 1 }, '/$state/none'],
    [{ op: 'remove', path: '/$state' }, '/$state'],
    [{ op: 'remove', path: '' }, ''],
    [{ op: 'add', path: '/other', value: 0 }, '/other'],
    [{ op: 'replace', path: '', value: { state: {} } }, '/state'],
    [{ op: 'replace', path: '/$state', value: [] }, '/$state'],
    [{ op: 'add', path: '/$computed/x', value: 0 }, '/$computed/x'],
  ]

  test.each(refused)('[DOC11] refused with its pointer, nothing changed: %j', (operation, pointer) => {
    const doc = freeForm({ list: [1, 2], word: 'abc', deep: { in: {} } })
    const before = bytesOf(doc)
    const error = failureOf(() =>
      patch(doc, FREE_FORM_MODEL, { op: 'add', path: '/$state/new', value: 1 }, operation),
    )
    expect(error).toMatchObject({ code: 'invalid_patch', details: { operation: 1, pointer } })
    expect(bytesOf(doc)).toEqual(before)
  })

  test('[DOC12] a test sees computed values as they are after the operations before it', () => {
    const doc = newPanel()
    patch(
      doc,
      TODO_MODEL,
      { op: 'test', path: '/$computed/count', value: 3 },
      { op: 'remove', path: '/$state/tasks/0' },
      { op: 'test', path: '/$computed/count', value: 2 },
      { op: 'copy', from: '/$computed/count', path: '/$state/points' },
    )
    expect(todoState(doc).points).toBe(2)
  })

  test('[DOC86] computed values are derived once for each state a patch looks at them in, and not without end', () => {
    const doc = newPanel()
    let derivations = 0
    const model: PanelModel = {
      ...TODO_MODEL,
      computed: (state) => {
        derivations += 1
        return TODO_MODEL.computed(state)
      },
    }
    const look = { op: 'test', path: '/$computed/count', value: 3 }
    const change = { op: 'increment', path: '/$state/points', value: 1 }
    patch(doc, model, ...Array.from({ length: 1_000 }, () => look))
    expect(derivations).toBe(1)
    const before = bytesOf(doc)
    const hostile = Array.from({ length: 500 }, () => [look, change]).flat()
    expect(failureOf(() => patch(doc, model, ...hostile))).toMatchObject({
      code: 'payload_too_large',
      details: { operation: 40, pointer: '/$computed/count' },
    })
    expect(derivations).toBe(21)
    expect(bytesOf(doc)).toEqual(before)
  })

  test('[DOC12] a failed test leaves everything as it was', () => {
    const doc = newPanel()
    const before = bytesOf(doc)
    const error = failureOf(() =>
      patch(
        doc,
        TODO_MODEL,
        { op: 'replace', path: '/$state/title', value: 'x' },
        { op: 'test', path: '/$state/points', value: 9 },
      ),
    )
    expect(error).toMatchObject({
      code: 'patch_test_failed',
      details: { operation: 1, pointer: '/$state/points' },
    })
    expect(bytesOf(doc)).toEqual(before)
  })

  test('[DOC13] the whole document and the whole state can be replaced; $computed in it is ignored', () => {
    const doc = freeForm({ a: 1, b: { c: 2 } })
    patch(doc, FREE_FORM_MODEL, {
      op: 'replace',
      path: '',
      value: { $state: { b: { c: 2, d: 3 } }, $computed: { x: 1 } },
    })
    expect(readState(doc, FREE_FORM)).toEqual({ b: { c: 2, d: 3 } })
    patch(doc, FREE_FORM_MODEL, { op: 'add', path: '/$state', value: { z: [] } })
    expect(readState(doc, FREE_FORM)).toEqual({ z: [] })
  })
})

describe('declared states', () => {
  const refused: [operation: JsonObject, pointer: string][] = [
    [{ op: 'add', path: '/$state/unknown', value: 1 }, '/$state/unknown'],
    [{ op: 'add', path: '/$state/draft', value: 'local' }, '/$state/draft'],
    [{ op: 'remove', path: '/$state/title' }, '/$state/title'],
    [{ op: 'replace', path: '/$state/title', value: 5 }, '/$state/title'],
    [{ op: 'replace', path: '/$state/title', value: null }, '/$state/title'],
    [{ op: 'replace', path: '/$state/points', value: '5' }, '/$state/points'],
    [{ op: 'replace', path: '/$state/tasks', value: {} }, '/$state/tasks'],
    [{ op: 'replace', path: '/$state/settings', value: [] }, '/$state/settings'],
    [{ op: 'replace', path: '/$state/notes', value: [] }, '/$state/notes'],
    [{ op: 'replace', path: '/$state/finished', value: 1.5 }, '/$state/finished'],
    [{ op: 'increment', path: '/$state/finished', value: 0.5 }, '/$state/finished'],
    [{ op: 'increment', path: '/$state/finished', value: 2 ** 53 }, '/$state/finished'],
    [{ op: 'move', from: '/$state/title', path: '/$state/settings/title' }, '/$state/title'],
    [{ op: 'replace', path: '/$state', value: { title: 'alone' } }, '/$state/finished'],
    [{ op: 'replace', path: '/$computed/count', value: 3 }, '/$computed/count'],
    [{ op: 'move', from: '/$computed/count', path: '/$state/points' }, '/$computed/count'],
  ]

  test.each(refused)('[DOC14] refused with its pointer, nothing changed: %j', (operation, pointer) => {
    const doc = newPanel()
    const before = bytesOf(doc)
    expect(failureOf(() => patch(doc, TODO_MODEL, operation))).toMatchObject({
      code: 'invalid_patch',
      details: { operation: 0, pointer },
    })
    expect(bytesOf(doc)).toEqual(before)
  })

  test('[DOC14] only the result has to be of the declared type', () => {
    const doc = newPanel()
    patch(
      doc,
      TODO_MODEL,
      { op: 'move', from: '/$state/title', path: '/$state/settings/old' },
      { op: 'add', path: '/$state/title', value: { text: 'New' } },
      { op: 'move', from: '/$state/title/text', path: '/$state/title' },
    )
    expect(todoState(doc)).toMatchObject({ title: 'New', settings: { old: 'Tasks' } })
  })

  test('[DOC15] nesting stops at 32 levels, however it comes about', () => {
    const nested = (levels: number): Json => (levels === 0 ? 0 : [nested(levels - 1)])
    const doc = freeForm({ a: {} })
    patch(doc, FREE_FORM_MODEL, { op: 'add', path: '/$state/deepest', value: nested(32) })
    for (const operation of [
      { op: 'add', path: '/$state/deeper', value: nested(33) },
      { op: 'add', path: '/$state/a/b', value: nested(32) },
      { op: 'copy', from: '/$state/deepest', path: '/$state/a/b' },
    ]) {
      expect(failureOf(() => patch(doc, FREE_FORM_MODEL, operation)).code).toBe('invalid_patch')
    }
  })

  test('[DOC15] copies that double a value each time are refused before they fill the memory', () => {
    const doc = freeForm({ a: { x: 'some words' } })
    const doubling = Array.from({ length: 30 }, (_, step) => ({
      op: 'copy',
      from: '/$state/a',
      path: `/$state/a/${step}`,
    }))
    const spreading = Array.from({ length: 900 }, () => ({
      op: 'copy',
      from: '/$state/big',
      path: '/$state/list/-',
    }))
    expect(failureOf(() => patch(doc, FREE_FORM_MODEL, ...doubling)).code).toBe('payload_too_large')
    expect(
      failureOf(() =>
        patch(
          doc,
          FREE_FORM_MODEL,
          { op: 'add', path: '/$state/big', value: 'x'.repeat(100_000) },
          { op: 'add', path: '/$state/list', value: [] },
          ...spreading,
        ),
      ).code,
    ).toBe('payload_too_large')
  })

  test('[DOC16] values that are not JSON are refused, strings are made well-formed', () => {
    const doc = freeForm({})
    const add = (value: unknown) =>
      applyJsonPatch(doc, FREE_FORM_MODEL, [{ op: 'add', path: '/$state/x', value: value as Json }])
    for (const value of [
      Number.NaN,
      Number.POSITIVE_INFINITY,
      new Date(),
      new Map(),
      () => 0,
      1n,
      Symbol('s'),
    ]) {
      expect(failureOf(() => add(value)).code).toBe('invalid_patch')
    }
    add({ 'key \ud800': ['\udc00 text', -0, undefined], gone: undefined })
    expect(readState(doc, FREE_FORM)).toEqual({ x: { 'key \ufffd': ['\ufffd text', 0, null] } })
    expect(readState(replicaOf(doc), FREE_FORM)).toEqual(readState(doc, FREE_FORM))
  })
})

describe('what becomes of an operation', () => {
  test('[DOC17] one transaction, one update, with the origin given', () => {
    const doc = newPanel()
    const origins: unknown[] = []
    doc.on('afterTransaction', (transaction: Y.Transaction) => origins.push(transaction.origin))
    const operations: JsonPatchOperation[] = [
      { op: 'add', path: '/$state/tasks/-', value: { id: 't4' } },
      { op: 'increment', path: '/$state/finished', value: 2 },
      { op: 'replace', path: '/$state/notes', value: 'Remember all the\nreceipts' },
    ]
    const updates = updatesOf(doc, () =>
      expect(applyJsonPatch(doc, TODO_MODEL, operations, 'patch:test')).toBe(true),
    )
    expect(updates).toHaveLength(1)
    expect(origins).toEqual(['patch:test'])
  })

  test.each([
    [[]],
    [[{ op: 'test', path: '/$state/points', value: 1 }]],
    [[{ op: 'replace', path: '/$state/title', value: 'Tasks' }]],
    [[{ op: 'replace', path: '/$state/settings', value: { columns: ['a', 'b'], theme: 'light' } }]],
    [[{ op: 'increment', path: '/$state/finished', value: 0 }]],
    [[{ op: 'move', from: '/$state/tasks/0', path: '/$state/tasks/0' }]],
    [
      [
        { op: 'add', path: '/$state/tasks/0', value: 1 },
        { op: 'remove', path: '/$state/tasks/0' },
      ],
    ],
  ])('[DOC18] a patch that changes nothing makes no update: %j', (operations) => {
    const doc = newPanel()
    const updates = updatesOf(doc, () => expect(patch(doc, TODO_MODEL, ...operations)).toBe(false))
    expect(updates).toEqual([])
  })

  test('[DOC19] replacing a member of an item leaves the other members to others', () => {
    const a = newPanel()
    const b = replicaOf(a)
    patch(a, TODO_MODEL, {
      op: 'replace',
      path: '/$state/tasks/1',
      value: { id: 't2', title: 'Call Bob', done: false },
    })
    patch(b, TODO_MODEL, { op: 'replace', path: '/$state/tasks/1/title', value: 'Call Eve' })
    sync(a, b)
    expect(todoState(a).tasks[1]).toEqual({ id: 't2', title: 'Call Eve', done: false })
  })

  test('[DOC19] replacing a list keeps what others did to the items that stay', () => {
    const a = newPanel()
    const b = replicaOf(a)
    patch(a, TODO_MODEL, {
      op: 'replace',
      path: '/$state/tasks',
      value: [todoState(a).tasks[0], { id: 't9' }, todoState(a).tasks[2]] as Json,
    })
    patch(b, TODO_MODEL, { op: 'replace', path: '/$state/tasks/2/done', value: true })
    sync(a, b)
    expect(todoState(a).tasks.map(({ id, done }) => [id, done])).toEqual([
      ['t1', false],
      ['t9', undefined],
      ['t3', true],
    ])
  })

  test('[DOC20] increments of a counter add up', () => {
    const a = newPanel()
    const b = replicaOf(a)
    patch(a, TODO_MODEL, { op: 'increment', path: '/$state/finished', value: 2 })
    patch(b, TODO_MODEL, { op: 'replace', path: '/$state/finished', value: 0 })
    sync(a, b)
    expect(todoState(a).finished).toBe(2)
    expect(todoState(b).finished).toBe(2)
  })

  test('[DOC21] __proto__, constructor and prototype are data like any other and change nothing else', () => {
    const doc = freeForm({})
    const values = JSON.parse(
      '{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": 1}}}',
    )
    patch(doc, FREE_FORM_MODEL, { op: 'add', path: '/$state/x', value: {} })
    applyJsonPatch(
      doc,
      FREE_FORM_MODEL,
      parseJsonPatch([
        { op: 'add', path: '/$state/x', value: values },
        { op: 'add', path: '/$state/__proto__', value: { polluted: [1] } },
        { op: 'add', path: '/$state/__proto__/polluted/-', value: 2 },
        { op: 'copy', from: '/$state/x/__proto__', path: '/$state/prototype' },
      ]),
    )
    expect(JSON.stringify(readState(replicaOf(doc), FREE_FORM))).toBe(
      '{"__proto__":{"polluted":[1,2]},"prototype":{"polluted":true},"x":{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":1}}}}',
    )
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
    expect(({} as JsonObject).polluted).toBeUndefined()
  })
})

/** Numbers from which a patch is made that mostly fits the document it is for. */
const someSeed = fc.record({
  op: fc.constantFrom('add', 'add', 'remove', 'replace', 'replace', 'move', 'copy', 'test', 'increment'),
  at: fc.nat(),
  from: fc.nat(),
  extra: fc.option(fc.oneof(someKey, fc.constantFrom('-', '0', '1', '2', '9', '01')), { freq: 2 }),
  value: someJson,
  /** Take the value that is there, so that tests succeed. */
  sameValue: fc.boolean(),
})

const pathsIn = (value: Json, path = ''): string[] => [
  path,
  ...(value !== null && typeof value === 'object'
    ? Object.keys(value).flatMap((key) =>
        pathsIn(
          (value as JsonObject)[key] as Json,
          `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`,
        ),
      )
    : []),
]

function patchFrom(
  document: Json,
  seeds: readonly {
    op: string
    at: number
    from: number
    extra: string | null
    value: Json
    sameValue: boolean
  }[],
): JsonPatchOperation[] {
  let root = structuredClone(document)
  return seeds.map(({ op, at, from, extra, value, sameValue }) => {
    const paths = pathsIn(root).filter((path) => path.startsWith('/$state/') || path === '/$state')
    const place = paths[at % paths.length] as string
    const path = extra === null ? place : `${place}/${extra.replaceAll('~', '~0').replaceAll('/', '~1')}`
    const operation = {
      op,
      path,
      from: paths[from % paths.length],
      value: op === 'increment' ? (at % 5) - 2 : value,
    } as JsonPatchOperation
    const known = op === 'test' && sameValue ? lookUp(root, path) : undefined
    const final = known === undefined ? operation : ({ ...operation, value: known } as JsonPatchOperation)
    try {
      root = applyReferenceStep(root, final)
    } catch {
      // The patch fails here; the rest of it is made for the document before.
    }
    return final
  })
}

const lookUp = (root: Json, path: string): Json | undefined => {
  let value: Json | undefined = root
  for (const key of path.split('/').slice(1)) {
    const member = key.replaceAll('~1', '/').replaceAll('~0', '~')
    const isThere: boolean = typeof value === 'object' && value !== null && Object.hasOwn(value, member)
    value = isThere ? (value as JsonObject)[member] : undefined
  }
  return value
}

describe('against a second implementation', () => {
  test('[DOC22] random patches give what RFC 6902 gives, and fail where it fails, changing nothing', () => {
    let applied = 0
    let failed = 0
    fc.assert(
      fc.property(someObject, fc.array(someSeed, { minLength: 1, maxLength: 6 }), (state, seeds) => {
        const doc = freeForm(state)
        const before = panelJson(doc, FREE_FORM_MODEL)
        const operations = patchFrom(before, seeds)
        const bytes = bytesOf(doc)
        let expected: Json
        try {
          expected = applyReference(before, operations)
        } catch (error) {
          if (!(error instanceof ReferenceFailure)) throw error
          failed++
          const failure = failureOf(() => applyJsonPatch(doc, FREE_FORM_MODEL, parseJsonPatch(operations)))
          expect([failure.code, failure.details.operation]).toEqual([error.kind, error.operation])
          expect(bytesOf(doc)).toEqual(bytes)
          return
        }
        applied++
        applyJsonPatch(doc, FREE_FORM_MODEL, parseJsonPatch(operations))
        expect(panelJson(doc, FREE_FORM_MODEL)).toEqual({ ...(expected as JsonObject), $computed: {} })
        expect(readState(replicaOf(doc), FREE_FORM)).toEqual(readState(doc, FREE_FORM))
      }),
      { numRuns: 600 },
    )
    expect(applied).toBeGreaterThan(50)
    expect(failed).toBeGreaterThan(50)
  })

  test('[DOC22] random patches of declared states give what RFC 6902 gives, or are refused, changing nothing', () => {
    let applied = 0
    fc.assert(
      fc.property(fc.array(someSeed, { minLength: 1, maxLength: 5 }), (seeds) => {
        const doc = newPanel()
        const before = panelJson(doc, TODO_MODEL)
        const operations = patchFrom(before, seeds)
        const bytes = bytesOf(doc)
        try {
          applyJsonPatch(doc, TODO_MODEL, parseJsonPatch(operations))
        } catch (error) {
          if (!isNexusError(error)) throw error
          expect(bytesOf(doc)).toEqual(bytes)
          return
        }
        applied++
        const expected = applyReference(before, operations) as { $state: Json }
        expect(todoState(doc)).toEqual(expected.$state)
      }),
      { numRuns: 600 },
    )
    // A few in a hundred fit the declarations; the rest must change nothing.
    expect(applied).toBeGreaterThan(15)
  })
})
