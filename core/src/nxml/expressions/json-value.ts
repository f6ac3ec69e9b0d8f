import type { Json } from '../../model/json.ts'
import { MAX_STRING_LENGTH } from './budget.ts'
import { FORBIDDEN_MEMBERS } from './vocabulary.ts'

/** Values of one result that are copied at most; a shared part counts each time it occurs. */
const MAX_VALUES = 200_000
const MAX_LEVELS = 64

/**
 * A copy of an expression's result as JSON: dates are ISO text, numbers that are not finite `null`.
 *
 * @returns undefined for `undefined` and for a result too large to be kept.
 */
export const toJsonValue = (value: unknown): Json | undefined => {
  let valuesLeft = MAX_VALUES
  let charactersLeft = MAX_STRING_LENGTH * 4

  const copy = (part: unknown, levels: number): Json | undefined => {
    valuesLeft -= 1
    if (valuesLeft < 0 || charactersLeft < 0 || levels < 0) throw new RangeError('too large')
    if (typeof part === 'string') {
      charactersLeft -= part.length
      return part
    }
    if (typeof part === 'boolean' || part === null) return part
    // JSON knows no -0.
    if (typeof part === 'number') return Number.isFinite(part) ? part || 0 : null
    if (part instanceof Date) return Number.isNaN(part.getTime()) ? null : part.toISOString()
    if (Array.isArray(part)) return part.map((item) => copy(item, levels - 1) ?? null)
    return typeof part === 'object' ? copyMembers(part, levels - 1) : undefined
  }

  const copyMembers = (part: object, levels: number): Json => {
    const members: { [key: string]: Json } = {}
    for (const [key, member] of Object.entries(part)) {
      const copied = FORBIDDEN_MEMBERS.has(key) ? undefined : copy(member, levels)
      if (copied !== undefined) members[key] = copied
    }
    return members
  }

  try {
    return copy(value, MAX_LEVELS)
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}
