import { isJsonObject, type Json, type JsonObject } from '../model/json.ts'
import type { Edit } from './json-draft.ts'
import { jsonEquals } from './json-equality.ts'
import type { JsonPatchOperation } from './json-patch.ts'
import { keptItems } from './list-diff.ts'
import { listGapEdits } from './list-operations.ts'
import { getMember, hasMember } from './own-members.ts'
import { formatPointer, type Step } from './pointer.ts'

/** How many times longer than the whole list the operations on its items may be; they say more. */
const WORTH_READING = 2

/**
 * A readable JSON Patch that turns `before` into `after`: objects member by member, lists by the items that stay
 * (see `keptItems`), or as a whole where that is much shorter. Equal values give an empty patch.
 */
export const diffJson = (before: Json, after: Json): JsonPatchOperation[] => diffBelow([], before, after)

/** As {@link diffJson}, for values at `path`. */
export function diffBelow(path: readonly Step[], before: Json, after: Json): JsonPatchOperation[] {
  if (jsonEquals(before, after)) return []
  if (isJsonObject(before) && isJsonObject(after)) return diffMembers(path, before, after)
  const whole: JsonPatchOperation[] = [{ op: 'replace', path: formatPointer(path), value: after }]
  if (!Array.isArray(before) || !Array.isArray(after)) return whole
  const byItems = diffItems(path, before, after)
  return JSON.stringify(byItems).length <= JSON.stringify(whole).length * WORTH_READING ? byItems : whole
}

function diffMembers(path: readonly Step[], before: JsonObject, after: JsonObject): JsonPatchOperation[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
  return keys.flatMap((key): JsonPatchOperation[] => {
    const place = [...path, key]
    const old = getMember(before, key)
    const next = getMember(after, key)
    if (next === undefined) return [{ op: 'remove', path: formatPointer(place) }]
    if (old === undefined || !hasMember(before, key))
      return [{ op: 'add', path: formatPointer(place), value: next }]
    return diffBelow(place, old, next)
  })
}

function diffItems(
  path: readonly Step[],
  before: readonly Json[],
  after: readonly Json[],
): JsonPatchOperation[] {
  const operations: JsonPatchOperation[] = []
  let gap = 0
  let oldGap = 0
  // From the front: everything before `gap` is as it will be, so positions are those of `after`.
  for (const [position, old] of [...keptItems(before, after), before.length].entries()) {
    if (old === -1) continue
    // One by one: a long list may make more operations than a call can have arguments.
    const edits = listGapEdits(path, gap, before.slice(oldGap, old), after.slice(gap, position))
    for (const edit of edits) operations.push(toOperation(edit))
    const kept = before[old]
    const next = after[position]
    const inside = kept === undefined || next === undefined ? [] : diffBelow([...path, position], kept, next)
    for (const operation of inside) operations.push(operation)
    gap = position + 1
    oldGap = old + 1
  }
  return operations
}

/** The operation of an edit of something that is there already; new members are told apart by the caller. */
export function toOperation(edit: Edit): JsonPatchOperation {
  const path = formatPointer(edit.path)
  switch (edit.kind) {
    case 'put':
      return { op: 'replace', path, value: edit.value }
    case 'insert':
      return { op: 'add', path, value: edit.value }
    case 'remove':
      return { op: 'remove', path }
    case 'increment':
      return { op: 'increment', path, value: edit.by }
  }
}
