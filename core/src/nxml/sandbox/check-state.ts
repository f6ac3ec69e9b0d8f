import type { StateType } from '../../document/shape.ts'
import { isJsonObject, type Json, type JsonObject } from '../../model/json.ts'
import type { CompiledState } from '../compiled-panel.ts'
import { MAX_NESTING } from '../defaults.ts'
import { FORBIDDEN_MEMBERS } from '../expressions/vocabulary.ts'
import { MAX_KEY_LENGTH, MAX_LIST_LENGTH, MAX_STATE_CHARACTERS, MAX_TEXT_LENGTH } from './run-limits.ts'
import { RunFailure } from './tool-result.ts'

/**
 * The state a run left behind, checked from outside the engine: exactly the declared states, each of its type, within
 * the limits of a panel.
 *
 * @param text - JSON that came out of the engine; nothing in it is trusted.
 * @throws {RunFailure} with the code of the rule that does not hold.
 */
export const parseLeftState = (text: string, states: readonly CompiledState[]): JsonObject => {
  if (text.length > MAX_STATE_CHARACTERS)
    throw limit(`the state is larger than ${MAX_STATE_CHARACTERS} characters`)
  const value: unknown = JSON.parse(text)
  if (!isRecord(value)) throw new RunFailure('INTERNAL_ERROR', 'the engine gave no state')
  const state: JsonObject = {}
  for (const { name, type } of states) state[name] = checkState(name, type, value[name])
  return state
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const limit = (message: string): RunFailure => new RunFailure('LIMIT_EXCEEDED', message)

const FITS: Readonly<Record<StateType, (value: Json) => boolean>> = {
  string: (value) => typeof value === 'string',
  text: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  counter: (value) => Number.isSafeInteger(value),
  boolean: (value) => typeof value === 'boolean',
  list: Array.isArray,
  object: isJsonObject,
}

const checkState = (name: string, type: StateType, value: unknown): Json => {
  const json = checkJson(value, 0)
  if (FITS[type](json)) return json
  throw new RunFailure('TYPE_MISMATCH', `the state "${name}" is a ${type}`)
}

const checkJson = (value: unknown, levels: number): Json => {
  if (levels > MAX_NESTING + 1) throw limit(`values are nested deeper than ${MAX_NESTING} levels`)
  if (typeof value === 'string') {
    if (value.length > MAX_TEXT_LENGTH) throw limit(`a text has more than ${MAX_TEXT_LENGTH} characters`)
    return value
  }
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value
  if (Array.isArray(value)) {
    if (value.length > MAX_LIST_LENGTH) throw limit(`a list has more than ${MAX_LIST_LENGTH} items`)
    return value.map((item) => checkJson(item, levels + 1))
  }
  if (!isRecord(value)) throw new RunFailure('NOT_SERIALIZABLE', 'a state is missing')
  for (const key of Object.keys(value)) checkKey(key)
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, checkJson(member, levels + 1)]),
  )
}

const checkKey = (key: string): void => {
  if (key.length > MAX_KEY_LENGTH) throw limit(`a member name is longer than ${MAX_KEY_LENGTH} characters`)
  if (FORBIDDEN_MEMBERS.has(key))
    throw new RunFailure('NOT_SERIALIZABLE', `${key} cannot be the name of a member`)
}
