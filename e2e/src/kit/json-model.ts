import { isDeepStrictEqual } from 'node:util'

/** JSON as plain values, without anything of the product: what a panel's state should be. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

export interface Operation {
  readonly op: string
  readonly path: string
  readonly value?: Json
  readonly from?: string
}

/** RFC 6902, and `increment`, on a copy. @returns `undefined` when the patch cannot be applied. */
export function patched(document: Json, operations: readonly Operation[]): Json | undefined {
  try {
    return operations.reduce(applied, structuredClone(document))
  } catch (error) {
    if (error instanceof Inapplicable) return undefined
    throw error
  }
}

/** RFC 7396, on a copy. */
export function merged(document: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return structuredClone(patch)
  const result: { [key: string]: Json } = isObject(document) ? structuredClone(document) : {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key]
    else result[key] = merged(result[key], value)
  }
  return result
}

/** @returns `undefined` when nothing is there. */
export function valueAt(document: Json, pointer: string): Json | undefined {
  return tokensOf(pointer).reduce<Json | undefined>(
    (value, token) => (value === undefined ? undefined : childOf(value, token)),
    document,
  )
}

class Inapplicable extends Error {}

const isObject = (value: Json | undefined): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const tokensOf = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))

function childOf(value: Json, token: string): Json | undefined {
  if (Array.isArray(value)) return /^(0|[1-9]\d*)$/.test(token) ? value[Number(token)] : undefined
  return isObject(value) && Object.hasOwn(value, token) ? value[token] : undefined
}

function applied(document: Json, operation: Operation): Json {
  const { op, path, from = '' } = operation
  // A copy: what later operations do to it is not done to the request.
  const value = structuredClone(operation.value ?? null)
  if (op === 'test') {
    const found = valueAt(document, path)
    if (found === undefined || !isDeepStrictEqual(found, value)) throw new Inapplicable()
    return document
  }
  if (op === 'remove') return removed(document, path)
  if (op === 'replace') return put(document, path, value)
  if (op === 'add') return added(document, path, value)
  const source = valueAt(document, op === 'increment' ? path : from)
  if (source === undefined) throw new Inapplicable()
  if (op === 'copy') return added(document, path, structuredClone(source))
  if (op === 'move' && path.startsWith(`${from}/`)) throw new Inapplicable()
  if (op === 'move') return added(removed(document, from), path, source)
  if (typeof source !== 'number' || typeof value !== 'number') throw new Inapplicable()
  return put(document, path, source + value)
}

function parentOf(document: Json, pointer: string) {
  const tokens = tokensOf(pointer)
  const last = tokens.pop()
  const parent = tokens.reduce<Json | undefined>(
    (value, token) => (value === undefined ? undefined : childOf(value, token)),
    document,
  )
  if (last === undefined || parent === undefined || typeof parent !== 'object' || parent === null) {
    throw new Inapplicable()
  }
  return { parent, last }
}

function added(document: Json, pointer: string, value: Json): Json {
  const { parent, last } = parentOf(document, pointer)
  if (!Array.isArray(parent)) parent[last] = value
  else {
    const at = last === '-' ? parent.length : Number(last)
    if (!/^(-|0|[1-9]\d*)$/.test(last) || at > parent.length) throw new Inapplicable()
    parent.splice(at, 0, value)
  }
  return document
}

function put(document: Json, pointer: string, value: Json): Json {
  const { parent, last } = parentOf(document, pointer)
  if (childOf(parent, last) === undefined) throw new Inapplicable()
  if (Array.isArray(parent)) parent[Number(last)] = value
  else parent[last] = value
  return document
}

function removed(document: Json, pointer: string): Json {
  const { parent, last } = parentOf(document, pointer)
  if (childOf(parent, last) === undefined) throw new Inapplicable()
  if (Array.isArray(parent)) parent.splice(Number(last), 1)
  else delete parent[last]
  return document
}
