import type { Json } from '@nexus/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toCanonicalJson } from './canonical-json.ts'

/** The same value, with the members of every object in another order. */
const refilled = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(refilled)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, refilled(item)]),
  )
}

const parse = (text: string): Json => JSON.parse(text) as Json
/** As JSON can say it: fast-check also makes -0, which JSON.stringify writes as 0. */
const anyJson = fc.json({ maxDepth: 5 }).map((text) => parse(JSON.stringify(parse(text))))

test('[SNAP1] the text of a state parses back to the same value', () => {
  fc.assert(
    fc.property(anyJson, (value) => {
      expect(parse(toCanonicalJson(value))).toEqual(value)
    }),
  )
})

test('[SNAP1] the order in which members were set makes no difference to the text', () => {
  fc.assert(
    fc.property(anyJson, (value) => {
      expect(toCanonicalJson(refilled(value))).toBe(toCanonicalJson(value))
    }),
  )
})

test('[SNAP1] members are sorted, short list items stand on one line, and the last line ends', () => {
  const state = {
    tasks: [{ title: 'Milk', done: true }, { id: 'x'.repeat(100) }],
    name: 'Z',
    empty: {},
    none: [],
  }
  expect(toCanonicalJson(state)).toBe(
    `{
  "empty": {},
  "name": "Z",
  "none": [],
  "tasks": [
    { "done": true, "title": "Milk" },
    {
      "id": "${'x'.repeat(100)}"
    }
  ]
}
`,
  )
})

test('[SNAP1] no line of short members is longer than 100 characters', () => {
  const short = fc.string({ maxLength: 8 })
  const rows = fc.array(fc.dictionary(short, fc.oneof(short, fc.integer())), { maxLength: 10 })
  fc.assert(
    fc.property(rows, (list) => {
      const longest = Math.max(
        ...toCanonicalJson(list)
          .split('\n')
          .map((line) => line.length),
      )
      expect(longest).toBeLessThanOrEqual(101)
    }),
  )
})
