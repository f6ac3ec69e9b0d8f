import type * as Y from 'yjs'
import { isJsonObject, type Json, type JsonObject } from '../model/json.ts'
import { MAX_JSON_DEPTH } from '../wire/limits.ts'
import { applyEdits } from './apply-json-patch.ts'
import { invalidPatch } from './invalid-patch.ts'
import type { JsonPatchOperation } from './json-patch.ts'
import { normalJson } from './normal-json.ts'
import { getMember, objectOfSorted } from './own-members.ts'
import { planPatch } from './plan-patch.ts'
import { formatPointer } from './pointer.ts'
import { panelJson } from './read-state.ts'
import type { PanelModel } from './shape.ts'

/**
 * Applies a JSON Merge Patch (RFC 7396) to `{"$state": …, "$computed": …}`: all of it in one transaction, or nothing.
 *
 * @returns Whether anything changed.
 * @throws As `applyJsonPatch`, without `details.operation`. Nothing has changed.
 */
export function applyMergePatch(doc: Y.Doc, model: PanelModel, patch: unknown, origin?: unknown): boolean {
  const normal = normalJson(patch, [], MAX_JSON_DEPTH + 2)
  if (!isJsonObject(normal)) throw invalidPatch('A merge patch of a panel is an object with $state.', [])
  const operations = mergeOperations(panelJson(doc, model), normal, [])
  const edits = planPatch(doc, model, operations, (_position, run) => run())
  return applyEdits(doc, model.shape, edits, origin)
}

function mergeOperations(
  target: JsonObject,
  patch: JsonObject,
  path: readonly string[],
): JsonPatchOperation[] {
  return Object.entries(patch).flatMap(([key, value]): JsonPatchOperation[] => {
    const place = [...path, key]
    const old = getMember(target, key)
    if (value === null) return old === undefined ? [] : [{ op: 'remove', path: formatPointer(place) }]
    if (isJsonObject(value) && isJsonObject(old)) return mergeOperations(old, value, place)
    return [{ op: 'add', path: formatPointer(place), value: withoutNulls(value) }]
  })
}

/** What merging `value` into nothing gives. Nulls in lists stay. */
function withoutNulls(value: Json): Json {
  if (!isJsonObject(value)) return value
  const members = Object.entries(value).filter(([, member]) => member !== null)
  return objectOfSorted(members.map(([key, member]) => [key, withoutNulls(member)]))
}
