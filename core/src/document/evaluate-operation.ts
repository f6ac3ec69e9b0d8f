import { NexusError } from '../model/errors.ts'
import { isJsonObject, type Json } from '../model/json.ts'
import { invalidPatch } from './invalid-patch.ts'
import { childOf, type Edit, type JsonDraft, valueAt } from './json-draft.ts'
import { jsonEquals } from './json-equality.ts'
import type { JsonPatchOperation } from './json-patch.ts'
import { formatPointer, isInside, parseIndex, parsePointer, type Step } from './pointer.ts'

/**
 * Applies one operation to `draft`, exactly as RFC 6902 says.
 *
 * @returns What it came down to, in order; nothing for `test` and for a move to the same place.
 * @throws `invalid_patch` or `patch_test_failed`, with `details.pointer`. A move may have removed its value by then;
 *   the draft is to be thrown away.
 */
export function evaluateOperation(draft: JsonDraft, operation: JsonPatchOperation): Edit[] {
  const path = pathOf(operation.path)
  switch (operation.op) {
    case 'test':
      return test(draft, path, operation.value)
    case 'add':
      return [made(draft, addition(draft.value, path, operation.value))]
    case 'replace':
      return [made(draft, { kind: 'put', path: resolved(draft.value, path), value: operation.value })]
    case 'remove':
      return [made(draft, { kind: 'remove', path: resolved(draft.value, path) })]
    case 'increment':
      return [made(draft, increment(draft.value, path, operation.value))]
    case 'copy':
      return [made(draft, addition(draft.value, path, existing(draft.share(), pathOf(operation.from))))]
    case 'move':
      return move(draft, pathOf(operation.from), path)
  }
}

function made(draft: JsonDraft, edit: Edit): Edit {
  draft.make(edit)
  return edit
}

function pathOf(pointer: string): string[] {
  const path = parsePointer(pointer)
  if (path === null) throw new NexusError('invalid_patch', `“${pointer}” is no JSON Pointer.`)
  return path
}

function test(draft: JsonDraft, path: readonly string[], expected: Json): Edit[] {
  const value = valueAt(draft.value, path)
  if (value !== undefined && jsonEquals(value, expected)) return []
  throw new NexusError(
    'patch_test_failed',
    value === undefined ? 'There is no such value.' : 'The value is another.',
    {
      details: { pointer: formatPointer(path) },
    },
  )
}

function addition(root: Json, path: readonly string[], value: Json): Edit {
  const last = path.at(-1)
  if (last === undefined) return { kind: 'put', path, value }
  const parentPath = path.slice(0, -1)
  const parent = existing(root, parentPath)
  if (isJsonObject(parent)) return { kind: 'put', path: resolved(root, parentPath, last), value }
  if (!Array.isArray(parent)) throw invalidPatch('Members can only be added to objects and lists.', path)
  const index = last === '-' ? parent.length : parseIndex(last)
  if (index === null) throw invalidPatch(`“${last}” is no position in a list.`, path)
  if (index > parent.length) throw invalidPatch(`The list has only ${parent.length} items.`, path)
  return { kind: 'insert', path: resolved(root, parentPath, index), value }
}

function increment(root: Json, path: readonly string[], by: number): Edit {
  const value = existing(root, path)
  if (typeof value !== 'number') throw invalidPatch('Only numbers and counters can be incremented.', path)
  if (!Number.isFinite(value + by)) throw invalidPatch('The sum is not a finite number.', path)
  return { kind: 'increment', path: resolved(root, path), by }
}

function move(draft: JsonDraft, from: readonly string[], path: readonly string[]): Edit[] {
  const value = existing(draft.share(), from)
  if (isInside(path, from)) throw invalidPatch('A value cannot be moved into itself.', path)
  if (from.length === path.length && formatPointer(from) === formatPointer(path)) return []
  const removal = made(draft, { kind: 'remove', path: resolved(draft.value, from) })
  return [removal, made(draft, addition(draft.value, path, value))]
}

const COMPUTED = 'Values below /$computed follow from the state and cannot be written.'

function existing(root: Json, path: readonly string[]): Json {
  const value = valueAt(root, path)
  if (value === undefined)
    throw invalidPatch(path[0] === '$computed' ? COMPUTED : 'There is no such value.', path)
  return value
}

/** Turns tokens into steps, list positions into numbers. The value at `path` must exist; `last` need not. */
function resolved(root: Json, path: readonly string[], ...last: Step[]): Step[] {
  existing(root, path)
  const steps: Step[] = []
  let value: Json | undefined = root
  for (const token of path) {
    steps.push(Array.isArray(value) ? Number(token) : token)
    value = childOf(value, token)
  }
  return [...steps, ...last]
}
