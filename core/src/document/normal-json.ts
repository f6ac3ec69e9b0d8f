import type { Json } from '../model/json.ts'
import { MAX_JSON_DEPTH } from '../wire/limits.ts'
import { invalidPatch } from './invalid-patch.ts'
import { setMember } from './own-members.ts'
import type { Step } from './pointer.ts'

/**
 * A value in the form every replica reads back identically: finite numbers without −0, strings without lone surrogates
 * (UTF-8 cannot carry them, so the author would read something else than everybody else), plain objects and arrays.
 * `undefined` members are dropped, `undefined` items become `null`.
 *
 * @param path - Where the value is to stand, for the error's pointer.
 * @param depth - How many levels of lists and objects it may have.
 * @returns `value` itself (same reference) when nothing had to be changed.
 * @throws `invalid_patch` when it is not JSON, or nested too deeply.
 */
export function normalJson(value: unknown, path: readonly Step[], depth: number = MAX_JSON_DEPTH): Json {
  return normalise(value, [...path], depth)
}

/** `path` is one array for the whole walk; each level takes off what it put on. */
function normalise(value: unknown, path: Step[], depth: number): Json {
  if (value === null || typeof value === 'boolean') return value
  if (typeof value === 'string') return value.toWellFormed()
  if (typeof value === 'number') return normalNumber(value, path)
  if (typeof value !== 'object') throw invalidPatch(`A ${typeof value} is not a JSON value.`, path)
  if (depth <= 0) throw invalidPatch(`Values may be nested at most ${MAX_JSON_DEPTH} levels deep.`, path)
  return Array.isArray(value) ? normalList(value, path, depth) : normalObject(value, path, depth)
}

function normalNumber(value: number, path: Step[]): number {
  if (!Number.isFinite(value)) throw invalidPatch(`${value} is not a JSON number.`, path)
  return value === 0 ? 0 : value
}

function normalList(list: readonly unknown[], path: Step[], depth: number): Json[] {
  const normal = Array.from(list, (item, index) => {
    path.push(index)
    const value = normalise(item === undefined ? null : item, path, depth - 1)
    path.pop()
    return value
  })
  return normal.every((item, index) => Object.is(item, list[index])) ? (list as Json[]) : normal
}

function normalObject(object: object, path: Step[], depth: number): Json {
  // Objects of another realm have another Object.prototype; what they share is that nothing stands above it.
  const prototype: unknown = Object.getPrototypeOf(object)
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    throw invalidPatch('Only plain objects are JSON values.', path)
  }
  const normal = {}
  let isNormal = true
  for (const [key, member] of Object.entries(object)) {
    const normalKey = key.toWellFormed()
    path.push(normalKey)
    const value = member === undefined ? undefined : normalise(member, path, depth - 1)
    path.pop()
    isNormal &&= normalKey === key && Object.is(value, member) && value !== undefined
    if (value !== undefined) setMember(normal, normalKey, value)
  }
  return isNormal ? (object as Json) : normal
}
