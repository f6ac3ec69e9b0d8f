import { NexusError } from '../model/errors.ts'
import { isJsonObject, type Json } from '../model/json.ts'
import { MAX_JSON_DEPTH, STATE_CHARS_CEILING } from '../wire/limits.ts'
import { invalidPatch } from './invalid-patch.ts'
import { formatPointer, type Step } from './pointer.ts'

/**
 * What one patch may still write, in characters (one per value besides). A few `copy` operations that double a value
 * each would otherwise grow beyond all memory.
 */
export interface WriteBudget {
  left: number
}

export const createWriteBudget = (): WriteBudget => ({ left: STATE_CHARS_CEILING })

/**
 * Takes a value's size off the budget.
 *
 * @param path - Where the value goes, from the root of the panel JSON; it says how deep it may be.
 * @throws `payload_too_large` when the budget is used up; `invalid_patch` when the value would be nested too deeply.
 */
export function spend(budget: WriteBudget, value: Json, path: readonly Step[]): void {
  const levelsAbove = path.length - 2
  spendOn(budget, value, MAX_JSON_DEPTH - levelsAbove, path)
}

function spendOn(budget: WriteBudget, value: Json, levels: number, path: readonly Step[]): void {
  budget.left -= typeof value === 'string' ? value.length + 1 : 1
  if (budget.left < 0) throw tooLarge(path)
  if (typeof value !== 'object' || value === null) return
  if (levels <= 0) throw invalidPatch(`Values may be nested at most ${MAX_JSON_DEPTH} levels deep.`, path)
  if (isJsonObject(value)) for (const key of Object.keys(value)) budget.left -= key.length
  for (const child of Object.values(value)) spendOn(budget, child, levels - 1, path)
}

const tooLarge = (path: readonly Step[]) =>
  new NexusError('payload_too_large', `One patch may write at most ${STATE_CHARS_CEILING} characters.`, {
    details: { pointer: formatPointer(path) },
  })
