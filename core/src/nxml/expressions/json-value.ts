import type { Json } from '../../model/json.ts'
import { MAX_STRING_LENGTH } from './budget.ts'
import { FORBIDDEN_MEMBERS } from './vocabulary.ts'

/** Values of one result that are copied at most; a shared part counts each time it occurs. */
const MAX_VALUES = 200_000
const MAX_LEVELS = 64

/** How much may still be copied: values, and characters of texts and names. */
interface JsonRoom {
  values: number
  characters: number
}

export const createJsonRoom = (): JsonRoom => ({ values: MAX_VALUES, characters: MAX_STRING_LENGTH * 4 })

/**
 * A copy of an expression's result as JSON: dates are ISO text, numbers that are not finite `null`.
 *
 * @param room - Shared by results that are kept together; what is copied here is taken from it, also in vain.
 * @returns undefined for `undefined` and for a result too large to be kept.
 */
export const toJsonValue = (value: unknown, room: JsonRoom = createJsonRoom()): Json | undefined => {
  const copy = (part: unknown, levels: number): Json | undefined => {
    room.values -= 1
    if (room.values < 0 || levels < 0) throw new RangeError('too large')
    if (typeof part === 'string') {
      pay(part)
      return part
    }
    if (typeof part === 'boolean' || part === null) return part
    // JSON knows no -0.
    if (typeof part === 'number') return Number.isFinite(part) ? part || 0 : null
    if (part instanceof Date) return Number.isNaN(part.getTime()) ? null : part.toISOString()
    if (Array.isArray(part)) return part.map((item) => copy(item, levels - 1) ?? null)
    return typeof part === 'object' ? copyMembers(part, levels - 1) : undefined
  }

  const pay = (text: string): void => {
    room.characters -= text.length
    if (room.characters < 0) throw new RangeError('too large')
  }

  const copyMembers = (part: object, levels: number): Json => {
    const members: { [key: string]: Json } = {}
    for (const [key, member] of Object.entries(part)) {
      pay(key)
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
