import { describe, expect, test } from 'vitest'
import type { CompiledState } from '../compiled-panel.ts'
import { parseLeftState } from './check-state.ts'
import { RunFailure } from './tool-result.ts'

const loc = { startLine: 1, startColumn: 1, endLine: 1, endColumn: 1 }
const STATES: readonly CompiledState[] = [
  { name: 'n', type: 'number', scope: 'shared', default: 0, loc },
  { name: 'hits', type: 'counter', scope: 'shared', default: 0, loc },
  { name: 'list', type: 'list', scope: 'local', default: [], loc },
  { name: 'box', type: 'object', scope: 'shared', default: {}, loc },
]
const GOOD = { n: 1, hits: 2, list: [1, null], box: { a: [{}] } }

const codeOf = (text: string): string => {
  try {
    parseLeftState(text, STATES)
    return 'fine'
  } catch (error) {
    return error instanceof RunFailure ? error.code : 'thrown'
  }
}

describe('what comes out of an engine', () => {
  test('[NXMLRUN50] is the declared states and nothing else', () => {
    expect(parseLeftState(JSON.stringify({ ...GOOD, more: 1 }), STATES)).toEqual(GOOD)
  })

  test.each([
    [{ ...GOOD, n: '1' }, 'TYPE_MISMATCH'],
    [{ ...GOOD, hits: 1.5 }, 'TYPE_MISMATCH'],
    [{ ...GOOD, list: {} }, 'TYPE_MISMATCH'],
    [{ ...GOOD, box: [] }, 'TYPE_MISMATCH'],
    [{ ...GOOD, box: null }, 'TYPE_MISMATCH'],
    [{ n: 1 }, 'NOT_SERIALIZABLE'],
    [{ ...GOOD, list: new Array(10_001).fill(0) }, 'LIMIT_EXCEEDED'],
    [{ ...GOOD, box: { ['k'.repeat(129)]: 1 } }, 'LIMIT_EXCEEDED'],
    [{ ...GOOD, box: { a: 'x'.repeat(1_000_001) } }, 'LIMIT_EXCEEDED'],
    [{ ...GOOD, box: { constructor: 1 } }, 'NOT_SERIALIZABLE'],
  ])('[NXMLRUN51] case %# is refused with %s', (state, code) => {
    expect(codeOf(JSON.stringify(state))).toBe(code)
  })

  test('[NXMLRUN52] depth, size and the prototype are bounded as well', () => {
    const deep = `${'['.repeat(40)}${']'.repeat(40)}`
    expect(codeOf(JSON.stringify(GOOD).replace('[1,null]', deep))).toBe('LIMIT_EXCEEDED')
    expect(codeOf(JSON.stringify(GOOD).replace('"a"', '"__proto__"'))).toBe('NOT_SERIALIZABLE')
    expect(codeOf(JSON.stringify({ ...GOOD, box: { a: 'x'.repeat(2_200_000) } }))).toBe('LIMIT_EXCEEDED')
    expect(codeOf('null')).toBe('INTERNAL_ERROR')
  })
})
