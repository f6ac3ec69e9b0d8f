// A second, naive implementation of RFC 6902 for tests: deep copies and recursion, nothing shared with the product.
import { isDeepStrictEqual } from 'node:util'
import type { Json, JsonObject } from '../model/json.ts'
import type { JsonPatchOperation } from './json-patch.ts'

export class ReferenceFailure extends Error {
  readonly kind: 'invalid_patch' | 'patch_test_failed'
  readonly operation: number
  constructor(kind: 'invalid_patch' | 'patch_test_failed', operation: number) {
    super(`${kind} at ${operation}`)
    this.kind = kind
    this.operation = operation
  }
}

class Missing extends Error {}
class TestFailed extends Error {}

type Container = Json[] | JsonObject

const tokensOf = (pointer: string): string[] => {
  if (pointer === '') return []
  if (pointer[0] !== '/') throw new Missing()
  return pointer
    .substring(1)
    .split('/')
    .map((token) => {
      if (/~[^01]|~$/.test(token)) throw new Missing()
      return token.replace(/~1/g, '/').replace(/~0/g, '~')
    })
}

const indexIn = (list: Json[], token: string, limit: number): number => {
  const index = list.length === 0 && token === '0' ? 0 : Number.parseInt(token, 10)
  if (String(index) !== token || index < 0 || index > limit) throw new Missing()
  return index
}

function get(root: Json, tokens: string[]): Json {
  let value = root
  for (const token of tokens) {
    if (Array.isArray(value)) value = value[indexIn(value, token, value.length - 1)] as Json
    else if (value !== null && typeof value === 'object' && Object.keys(value).includes(token))
      value = value[token] as Json
    else throw new Missing()
  }
  return value
}

const define = (object: JsonObject, key: string, value: Json) =>
  Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true })

function add(root: Json, tokens: string[], value: Json): Json {
  const last = tokens.at(-1)
  if (last === undefined) return value
  const parent = get(root, tokens.slice(0, -1)) as Container | string | number | boolean | null
  if (Array.isArray(parent))
    parent.splice(last === '-' ? parent.length : indexIn(parent, last, parent.length), 0, value)
  else if (parent !== null && typeof parent === 'object') define(parent, last, value)
  else throw new Missing()
  return root
}

function remove(root: Json, tokens: string[]): Json {
  get(root, tokens)
  const last = tokens.at(-1) as string
  const parent = get(root, tokens.slice(0, -1)) as Container
  if (Array.isArray(parent)) parent.splice(Number(last), 1)
  else delete parent[last]
  return root
}

function replace(root: Json, tokens: string[], value: Json): Json {
  get(root, tokens)
  const last = tokens.at(-1)
  if (last === undefined) return value
  const parent = get(root, tokens.slice(0, -1)) as Container
  if (Array.isArray(parent)) parent[Number(last)] = value
  else define(parent, last, value)
  return root
}

const copyOf = <T extends Json>(value: T): T => JSON.parse(JSON.stringify(value)) as T

function applyReferenceOperation(root: Json, operation: JsonPatchOperation): Json {
  const path = tokensOf(operation.path)
  switch (operation.op) {
    case 'add':
      return add(root, path, copyOf(operation.value))
    case 'remove':
      return remove(root, path)
    case 'replace':
      return replace(root, path, copyOf(operation.value))
    case 'copy':
      return add(root, path, copyOf(get(root, tokensOf(operation.from))))
    case 'move': {
      const value = copyOf(get(root, tokensOf(operation.from)))
      if (operation.path.startsWith(`${operation.from}/`)) throw new Missing()
      return operation.path === operation.from
        ? root
        : add(remove(root, tokensOf(operation.from)), path, value)
    }
    case 'increment': {
      const value = get(root, path)
      if (typeof value !== 'number') throw new Missing()
      return replace(root, path, value + operation.value)
    }
    case 'test': {
      let value: Json
      try {
        value = get(root, path)
      } catch {
        throw new TestFailed()
      }
      if (!isDeepStrictEqual(value, copyOf(operation.value))) throw new TestFailed()
      return root
    }
  }
}

/** Our only addition: there is always a `$state`, and it is an object. */
const isPanel = (root: Json): boolean => {
  const state = (root as JsonObject | null)?.$state
  return typeof state === 'object' && state !== null && !Array.isArray(state)
}

/** Applies one operation to a copy. @throws When it cannot be applied. */
export function applyReferenceStep(document: Json, operation: JsonPatchOperation): Json {
  const root = applyReferenceOperation(copyOf(document), operation)
  if (!isPanel(root)) throw new Missing()
  return root
}

/** Applies a patch to a copy. @throws ReferenceFailure with the position of the failing operation. */
export function applyReference(document: Json, operations: readonly JsonPatchOperation[]): Json {
  let root = document
  operations.forEach((operation, position) => {
    try {
      root = applyReferenceStep(root, operation)
    } catch (error) {
      if (error instanceof Missing) throw new ReferenceFailure('invalid_patch', position)
      if (error instanceof TestFailed) throw new ReferenceFailure('patch_test_failed', position)
      throw error
    }
  })
  return root
}
