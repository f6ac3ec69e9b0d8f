import type { Json, JsonObject } from '../model/json.ts'

// `__proto__`, `constructor` and `prototype` are ordinary data in a free-form panel: they are stored and read like any
// other key. So members are only ever looked at when they are the object's own, and only ever written as its own.

export const hasMember = (object: JsonObject, key: string): boolean => Object.hasOwn(object, key)

/** @returns The object's own member, or `undefined`; never something inherited. */
export const getMember = (object: JsonObject, key: string): Json | undefined =>
  Object.hasOwn(object, key) ? object[key] : undefined

/** Makes or replaces an own member; plain assignment to `__proto__` would change the object's prototype instead. */
export function setMember(object: JsonObject, key: string, value: Json): void {
  if (key === '__proto__') {
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true })
  } else {
    object[key] = value
  }
}

/** An object with these members, its keys in the order every replica shows them (NXML specification 14.3). */
export function objectOfSorted(members: [string, Json][]): JsonObject {
  // Reading a document comes down to this, and most objects are in order already.
  if (members.some(([key], index) => index > 0 && key < (members[index - 1]?.[0] ?? ''))) {
    members.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  }
  const object: JsonObject = {}
  for (const [key, value] of members) setMember(object, key, value)
  return object
}
