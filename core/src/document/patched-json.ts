import type { Json } from '../model/json.ts'
import { evaluateOperation } from './evaluate-operation.ts'
import { createJsonDraft } from './json-draft.ts'
import type { JsonPatchOperation } from './json-patch.ts'

/**
 * What a JSON Patch makes of a plain value. `json` is not touched; what the patch leaves alone is shared with it.
 *
 * @throws {NexusError} `invalid_patch` or `patch_test_failed`, with `details.pointer`.
 */
export function patchedJson(json: Json, operations: readonly JsonPatchOperation[]): Json {
  const draft = createJsonDraft(json)
  for (const operation of operations) evaluateOperation(draft, operation)
  return draft.value
}
