import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json, JsonObject } from '../model/json.ts'
import { applyMergePatch } from './apply-merge-patch.ts'
import { readState } from './read-state.ts'
import { bytesOf, newPanel, replicaOf, someObject, sync, TODO_MODEL, todoState } from './sample-panels.ts'
import { FREE_FORM, FREE_FORM_MODEL } from './shape.ts'

/** RFC 7396, section 2, as it is written there. */
function merged(target: Json | undefined, patch: Json): Json {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch
  const isObject = typeof target === 'object' && target !== null && !Array.isArray(target)
  const result = new Map(isObject ? Object.entries(target) : [])
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) result.delete(name)
    else result.set(name, merged(result.get(name), value))
  }
  return Object.fromEntries(result)
}

describe('RFC 7396, appendix A', () => {
  test.each<[JsonObject, JsonObject, JsonObject]>([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('[DOC25] %j with %j is %j', (before, patch, after) => {
    const doc = newPanel(FREE_FORM, before)
    applyMergePatch(doc, FREE_FORM_MODEL, { $state: patch })
    expect(readState(doc, FREE_FORM)).toEqual(after)
    expect(merged(before, patch)).toEqual(after)
  })
})

test('[DOC25] random merge patches give what RFC 7396 gives', () => {
  fc.assert(
    fc.property(someObject, someObject, (before, patch) => {
      const doc = newPanel(FREE_FORM, before)
      applyMergePatch(doc, FREE_FORM_MODEL, { $state: patch })
      expect(readState(doc, FREE_FORM)).toEqual(merged(before, patch))
    }),
    { numRuns: 300 },
  )
})

test.each<[unknown, string]>([
  [null, ''],
  [[], ''],
  [{ $state: null }, '/$state'],
  [{ $state: 5 }, '/$state'],
  [{ $state: { title: null } }, '/$state/title'],
  [{ $state: { title: 'x', points: 'x' } }, '/$state/points'],
  [{ $state: { title: 'x', unknown: 1 } }, '/$state/unknown'],
  [{ $computed: { count: 1 } }, '/$computed/count'],
  [{ $computed: null }, '/$computed'],
  [{ other: 1 }, '/other'],
])('[DOC26] %j is refused with its pointer, nothing changed', (patch, pointer) => {
  const doc = newPanel()
  const before = bytesOf(doc)
  expect(() => applyMergePatch(doc, TODO_MODEL, patch)).toThrow(
    expect.objectContaining({ code: 'invalid_patch', details: { pointer } }),
  )
  expect(bytesOf(doc)).toEqual(before)
})

test('[DOC27] merge patches of two people that name different members both hold', () => {
  const a = newPanel()
  const b = replicaOf(a)
  expect(applyMergePatch(a, TODO_MODEL, { $state: { settings: { theme: 'dark' }, finished: 4 } })).toBe(true)
  applyMergePatch(b, TODO_MODEL, { $state: { settings: { wide: true }, finished: 5 } })
  expect(applyMergePatch(b, TODO_MODEL, { $state: { title: 'Tasks' }, other: null })).toBe(false)
  sync(a, b)
  expect(todoState(a)).toMatchObject({
    settings: { theme: 'dark', wide: true, columns: ['a', 'b'] },
    finished: 6,
  })
})
