import * as Y from 'yjs'
import { isJsonObject, type Json } from '../model/json.ts'
import type { StateDeclaration } from './shape.ts'

/** A value as it is stored below the top level: objects as Y.Map, lists as Y.Array, the rest as it is. */
export function toStored(value: Json): unknown {
  if (Array.isArray(value)) return storedList(value.map(toStored))
  if (isJsonObject(value))
    return new Y.Map(Object.entries(value).map(([key, member]) => [key, toStored(member)]))
  return value
}

/** The value of a declared state as it is stored. `value` has the declared type. */
export function toStoredState(declaration: StateDeclaration, value: Json): unknown {
  if (declaration.type === 'text') return new Y.Text(String(value))
  if (declaration.type === 'counter') return storedList(value === 0 ? [] : [value])
  return toStored(value)
}

function storedList(items: unknown[]): Y.Array<unknown> {
  const list = new Y.Array<unknown>()
  list.push(items)
  return list
}
