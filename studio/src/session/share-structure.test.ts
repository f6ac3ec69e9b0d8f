import { expect, test } from 'vitest'
import { shareStructure } from './share-structure.ts'

test('[STU44] what did not change keeps its identity', () => {
  const before = {
    rows: [
      { id: 'a', n: 1 },
      { id: 'b', n: 2 },
    ],
    other: { deep: [1, 2] },
  }
  const after = shareStructure(before, {
    rows: [
      { id: 'a', n: 1 },
      { id: 'b', n: 3 },
    ],
    other: { deep: [1, 2] },
  })
  expect(after).toEqual({
    rows: [
      { id: 'a', n: 1 },
      { id: 'b', n: 3 },
    ],
    other: { deep: [1, 2] },
  })
  expect(after).toHaveProperty('other', before.other)
  expect(Reflect.get(Object(after), 'other')).toBe(before.other)
  expect(Reflect.get(Reflect.get(Object(after), 'rows'), 0)).toBe(before.rows[0])
})

test('[STU45] an equal value is the old value', () => {
  const before = [{ id: 'a', tags: ['x'] }, 'text', null]
  expect(shareStructure(before, structuredClone(before))).toBe(before)
})

test('[STU46] rows keep their identity when one is inserted before them', () => {
  const before = [{ id: 'a' }, { id: 'b' }]
  const after = shareStructure(before, [{ id: 'new' }, { id: 'a' }, { id: 'b' }])
  expect(Array.isArray(after) && after.slice(1).every((row, index) => row === before[index])).toBe(true)
})

test('[STU47] two rows with one id never become one object', () => {
  const after = shareStructure([{ id: 'a' }], [{ id: 'a' }, { id: 'a' }])
  expect(Array.isArray(after) && after[0] !== after[1]).toBe(true)
})

test('[STU48] a member called __proto__ is data', () => {
  const next: unknown = JSON.parse('{"__proto__":{"x":1}}')
  const shared = shareStructure({}, next)
  expect(Object.getPrototypeOf(shared)).toBe(Object.prototype)
  expect(JSON.stringify(shared)).toBe('{"__proto__":{"x":1}}')
})
