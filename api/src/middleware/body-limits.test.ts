import { limits } from '@nexus/core'
import { describe, expect, test } from 'vitest'
import { refuseHostileJson } from './body-limits.ts'

const pointerOf = (text: string): unknown => {
  try {
    refuseHostileJson(JSON.parse(text), limits.MAX_JSON_DEPTH)
    return 'taken'
  } catch (error) {
    return error instanceof Error && 'details' in error
      ? Reflect.get(error.details as object, 'pointer')
      : error
  }
}
const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`

describe('refuseHostileJson', () => {
  test.each([
    ['"\\u0000"', ''],
    ['{"a":["x","\\ud800"]}', '/a/1'],
    ['{"a/b":{"~":1e999}}', '/a~1b/~0'],
    ['{"a":{"__proto__":1}}', '/a/__proto__'],
    ['{"\\u0000":1}', '/\0'],
    ['[{"\\udc00":1}]', '/0/\ufffd'],
  ])('[HTTP13] %s is refused at "%s"', (text, pointer) => {
    expect(pointerOf(text)).toBe(pointer)
  })

  test.each(['null', '0', '""', '[]', '{"constructor":{"prototype":1},"":"😀"}', nested(32)])(
    '[HTTP13] %s is taken',
    (text) => {
      expect(pointerOf(text)).toBe('taken')
    },
  )

  test('[HTTP13] 33 levels are one too many, and a million do not overflow the stack', () => {
    expect(pointerOf(nested(33))).toBe('/0'.repeat(32))
    expect(pointerOf(nested(1_000_000))).toBe('/0'.repeat(32))
  })
})
