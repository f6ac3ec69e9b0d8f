import type * as Y from 'yjs'
import type { Json } from '../model/json.ts'
import { MAX_JSON_DEPTH } from '../wire/limits.ts'
import { BY_COMPARISON, CURRENT } from './anchors.ts'
import { assignDifference, normalState } from './assign-state.ts'
import { normalJson } from './normal-json.ts'
import { readState } from './read-state.ts'
import type { PanelModel } from './shape.ts'
import { stateIn } from './state-edits.ts'
import { transactChanged } from './transact-changed.ts'

/**
 * Makes the panel read as `next`, by difference and in one transaction (see `assignState`).
 *
 * @param next - `{"$state": …}`; `$computed` is ignored, so that what was read can be sent back.
 * @param base - The panel JSON that `next` was made from, when that is not the document's present one.
 * @returns Whether anything changed.
 * @throws `invalid_patch` with `details.pointer`. Nothing has changed.
 */
export function replaceState(
  doc: Y.Doc,
  model: PanelModel,
  next: unknown,
  base?: Json,
  origin?: unknown,
): boolean {
  const { shape } = model
  const state = normalState(shape, stateIn(normalJson(next, [], MAX_JSON_DEPTH + 2)))
  const difference =
    base === undefined
      ? { doc, shape, base: readState(doc, shape), next: state, anchors: CURRENT }
      : { doc, shape, base: stateIn(base), next: state, anchors: BY_COMPARISON }
  return transactChanged(doc, origin, () => assignDifference(difference))
}
