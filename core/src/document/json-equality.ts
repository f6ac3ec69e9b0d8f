import { isJsonObject, type Json } from '../model/json.ts'
import { hasMember } from './own-members.ts'

/** Equality of RFC 6902, section 4.6: numbers by value, lists by position, objects whatever the order of their keys. */
export function jsonEquals(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => jsonEquals(item, b[index]))
  }
  if (!isJsonObject(a) || !isJsonObject(b)) return false
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => hasMember(b, key) && jsonEquals(a[key], b[key]))
  )
}

/** Text that two values share exactly when they are equal: JSON with sorted keys. */
export function canonicalText(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join()}]`
  if (!isJsonObject(value)) return JSON.stringify(value)
  const members = Object.keys(value).sort()
  return `{${members.map((key) => `${JSON.stringify(key)}:${canonicalText(value[key] as Json)}`).join()}}`
}
