import { NexusError } from '../model/errors.ts'
import { isJsonObject, type Json, type JsonObject } from '../model/json.ts'
import { MAX_JSON_DEPTH, PATCH_OPERATIONS_CEILING } from '../wire/limits.ts'
import { asOperation, invalidPatch } from './invalid-patch.ts'
import type { JsonPatchOperation } from './json-patch.ts'
import { normalJson } from './normal-json.ts'
import { getMember } from './own-members.ts'
import { parsePointer } from './pointer.ts'

/** `$state` around the state, and the panel around `$state`: what a whole-document value has more than a state. */
const WHOLE_DOCUMENT_LEVELS = 2

/**
 * Checks that `value` is a JSON Patch: the shape of every operation and the spelling of every pointer. Whether it can
 * be applied shows when it is. Members that RFC 6902 does not know are left out.
 *
 * @throws `invalid_patch` with `details.operation`, the position of the first bad operation (absent when `value` is no
 *   list or too long).
 */
export function parseJsonPatch(value: unknown): JsonPatchOperation[] {
  if (!Array.isArray(value)) throw new NexusError('invalid_patch', 'A JSON Patch is a list of operations.')
  if (value.length > PATCH_OPERATIONS_CEILING) {
    throw new NexusError('invalid_patch', `A patch may have at most ${PATCH_OPERATIONS_CEILING} operations.`)
  }
  return value.map((operation, position) => asOperation(position, () => parseOperation(operation)))
}

function parseOperation(operation: unknown): JsonPatchOperation {
  if (!isJsonObject(operation)) throw new NexusError('invalid_patch', 'An operation is an object.')
  const path = pointerOf(operation, 'path')
  const op = getMember(operation, 'op')
  switch (op) {
    case 'remove':
      return { op, path }
    case 'move':
    case 'copy':
      return { op, from: pointerOf(operation, 'from'), path }
    case 'add':
    case 'replace':
    case 'test':
      return { op, path, value: givenValue(operation, path) }
    case 'increment':
      return { op, path, value: numberOf(operation, path) }
    default:
      throw new NexusError(
        'invalid_patch',
        `There is no operation ${JSON.stringify(op) ?? 'without a name'}.`,
      )
  }
}

function pointerOf(operation: JsonObject, member: 'path' | 'from'): string {
  const pointer = getMember(operation, member)
  if (typeof pointer !== 'string' || parsePointer(pointer) === null) {
    throw new NexusError('invalid_patch', `“${member}” must be a JSON Pointer such as /$state/title.`)
  }
  return pointer.toWellFormed()
}

function givenValue(operation: JsonObject, path: string): Json {
  const value = getMember(operation, 'value')
  if (value === undefined) throw invalidPatch('The operation has no “value”.', parsePointer(path) ?? [])
  return normalJson(value, parsePointer(path) ?? [], MAX_JSON_DEPTH + WHOLE_DOCUMENT_LEVELS)
}

function numberOf(operation: JsonObject, path: string): number {
  const value = givenValue(operation, path)
  if (typeof value !== 'number') throw invalidPatch('“value” must be a number.', parsePointer(path) ?? [])
  return value
}
