import type * as Y from 'yjs'
import { applyEdit } from './apply-edit.ts'
import { asOperation } from './invalid-patch.ts'
import type { Edit } from './json-draft.ts'
import type { JsonPatchOperation } from './json-patch.ts'
import { planPatch } from './plan-patch.ts'
import type { PanelModel, PanelShape } from './shape.ts'

/**
 * Applies a JSON Patch (RFC 6902 exactly, and `increment`) to the panel: all of it in one transaction, or nothing.
 * Each operation changes only what it names, so concurrent work on the rest survives. Pointers lead into
 * `{"$state": …, "$computed": …}`; computed values can be tested and copied, not written.
 *
 * @returns Whether anything changed; `false` means there was no transaction.
 * @throws `patch_test_failed`; or `invalid_patch`: a missing target, a bad position, an undeclared or local state, a
 *   result of the wrong type, a declared state removed, too deep nesting; or `payload_too_large`. `details` has
 *   `operation` (position in the patch) and `pointer`. Nothing has changed.
 */
export function applyJsonPatch(
  doc: Y.Doc,
  model: PanelModel,
  operations: readonly JsonPatchOperation[],
  origin?: unknown,
): boolean {
  return applyEdits(doc, model.shape, planPatch(doc, model, operations, asOperation), origin)
}

/** Does all edits in one transaction; none when there is nothing to be done. */
export function applyEdits(doc: Y.Doc, shape: PanelShape, edits: readonly Edit[], origin: unknown): boolean {
  if (edits.length === 0) return false
  doc.transact(() => {
    for (const edit of edits) applyEdit(doc, shape, edit)
  }, origin)
  return true
}
