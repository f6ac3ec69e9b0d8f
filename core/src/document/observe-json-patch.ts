import type * as Y from 'yjs'
import type { JsonObject } from '../model/json.ts'
import { diffBelow, diffJson } from './diff-json.ts'
import { eventsToPatch } from './events-to-patch.ts'
import type { JsonPatchOperation } from './json-patch.ts'
import { type PanelJson, panelJson } from './read-state.ts'
import type { PanelModel } from './shape.ts'

/** Where a patch comes from. */
export interface PatchInfo {
  /** Origin of the transaction; for updates, what was given to `applyUpdates`. */
  readonly origin: unknown
  /** Whether the change was made on this document, not brought by an update. */
  readonly local: boolean
  /** The panel after the patch. Shares its unchanged parts with earlier and later ones: do not modify. */
  readonly panel: PanelJson
}

type PatchListener = (patch: JsonPatchOperation[], info: PatchInfo) => void

/**
 * Tells what every transaction did to the panel's JSON, as a JSON Patch. Folding the patches over the JSON from before
 * gives `panelJson` after each; transactions that change nothing one could read are not told.
 *
 * Patches are worked out from Yjs events, at a cost that goes with the edit. Only `$computed` is compared as a whole,
 * and the entire panel when its model changed or a listener wrote to the document while others were still being told.
 *
 * @param model - With a function, the model may change: it is asked at every transaction, so let it be cheap, and let
 *   it return the same object as long as the source means the same.
 * @returns Stops telling.
 */
export function observeJsonPatch(
  doc: Y.Doc,
  model: PanelModel | (() => PanelModel),
  listener: PatchListener,
): () => void {
  const modelNow = typeof model === 'function' ? model : () => model
  let told = modelNow()
  let panel = panelJson(doc, told)
  let isBehind = false

  const onTransaction = (transaction: Y.Transaction) => {
    // While observers run, another one may have written already: then this transaction's events describe a document
    // that is gone. What both did is told after the last of them.
    isBehind ||= doc._transactionCleanups.at(-1) !== transaction
    if (doc._transactionCleanups.at(-1) !== transaction) return
    const current = modelNow()
    const { patch, after } =
      isBehind || current !== told ? compared(doc, current, panel) : derived(transaction, current, panel)
    told = current
    panel = after
    isBehind = false
    if (patch.length > 0) listener(patch, { origin: transaction.origin, local: transaction.local, panel })
  }

  doc.on('afterTransaction', onTransaction)
  return () => doc.off('afterTransaction', onTransaction)
}

interface Change {
  readonly patch: JsonPatchOperation[]
  readonly after: PanelJson
}

function compared(doc: Y.Doc, model: PanelModel, before: PanelJson): Change {
  const after = panelJson(doc, model)
  return { patch: diffJson(before, after), after }
}

function derived(transaction: Y.Transaction, model: PanelModel, before: PanelJson): Change {
  const { operations, state } = eventsToPatch(transaction, model.shape, before.$state)
  if (operations.length === 0) return { patch: [], after: before }
  const computed: JsonObject = model.computed(state)
  return {
    patch: [...operations, ...diffBelow(['$computed'], before.$computed, computed)],
    after: { $state: state, $computed: computed },
  }
}
