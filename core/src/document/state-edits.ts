import { isJsonObject, type Json, type JsonObject } from '../model/json.ts'
import { invalidPatch } from './invalid-patch.ts'
import type { Edit } from './json-draft.ts'
import { jsonEquals } from './json-equality.ts'
import { getMember, hasMember } from './own-members.ts'

/**
 * Turns an edit of the panel JSON into edits of `$state`, whose paths start with a state's name. A new `$state` becomes
 * edits of the states that differ; `$computed` in a new panel JSON is ignored, as it follows from the state.
 *
 * @param old - `$state` before the edit.
 * @throws `invalid_patch` when the edit concerns anything but `$state`.
 */
export function stateEdits(edit: Edit, old: JsonObject): Edit[] {
  const [root, ...path] = edit.path
  if (root === undefined) return replaced(edit, old, stateIn)
  if (root === '$computed')
    throw invalidPatch('Computed values follow from the state and cannot be written.', edit.path)
  if (root !== '$state') throw invalidPatch('A panel has only $state and $computed.', edit.path)
  return path.length === 0 ? replaced(edit, old, asState) : [{ ...edit, path }]
}

/** @returns The `$state` in a panel's JSON. @throws `invalid_patch` when it is none. */
export function stateIn(panel: Json): JsonObject {
  if (!isJsonObject(panel)) throw invalidPatch('A panel is an object with $state.', [])
  const surplus = Object.keys(panel).find((key) => key !== '$state' && key !== '$computed')
  if (surplus !== undefined) throw invalidPatch('A panel has only $state and $computed.', [surplus])
  return asState(getMember(panel, '$state'))
}

function asState(value: Json | undefined): JsonObject {
  if (!isJsonObject(value)) throw invalidPatch('$state must be an object.', ['$state'])
  return value
}

function replaced(edit: Edit, old: JsonObject, read: (value: Json) => JsonObject): Edit[] {
  if (edit.kind !== 'put') throw invalidPatch('The state can be replaced, but not removed.', edit.path)
  const next = read(edit.value)
  const removals = Object.keys(old).filter((name) => !hasMember(next, name))
  const changes = Object.entries(next).filter(([name, value]) => !jsonEquals(getMember(old, name), value))
  return [
    ...removals.map((name): Edit => ({ kind: 'remove', path: [name] })),
    ...changes.map(([name, value]): Edit => ({ kind: 'put', path: [name], value })),
  ]
}
