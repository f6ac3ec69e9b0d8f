import type * as Y from 'yjs'
import { isJsonObject, type JsonObject } from '../model/json.ts'
import { diffBelow, diffJson } from './diff-json.ts'
import { eventsToPatch } from './events-to-patch.ts'
import { createJsonDraft } from './json-draft.ts'
import type { JsonPatchOperation } from './json-patch.ts'
import { type PanelJson, panelJson } from './read-state.ts'
import type { PanelModel } from './shape.ts'

/** Where a patch comes from. */
export interface PatchInfo {
  /** Origin of the transaction; for updates, what was given to `applyUpdates`. */
  readonly origin: unknown
  /** Whether the change was made on this document, not brought by an update. */
  readonly local: boolean
  /**
   * The panel as it is now: in the listener, after the patch. Shares its unchanged parts with earlier and later ones: do
   * not modify. Made when it is asked for, at a cost that goes with the containers that changed since it was last.
   */
  readonly panel: PanelJson
}

type PatchListener = (patch: JsonPatchOperation[], info: PatchInfo) => void

/**
 * Tells what every transaction did to the panel's JSON, as a JSON Patch. Folding the patches over the JSON from before
 * gives `panelJson` after each; transactions that change nothing one could read are not told.
 *
 * Patches are worked out from Yjs events, at a cost that goes with the edit. Only `$computed` is compared as a whole,
 * from a copy of what changed, and the entire panel when its model changed or a listener wrote to the document while
 * others were still being told.
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
  let panel = createPanelDraft(panelJson(doc, told))
  let isBehind = false

  const onTransaction = (transaction: Y.Transaction) => {
    // While observers run, another one may have written already: then this transaction's events describe a document
    // that is gone. What both did is told after the last of them.
    isBehind ||= doc._transactionCleanups.at(-1) !== transaction
    if (doc._transactionCleanups.at(-1) !== transaction) return
    const current = modelNow()
    let patch: JsonPatchOperation[]
    if (isBehind || current !== told) {
      const after = panelJson(doc, current)
      patch = diffJson(panel.now(), after)
      panel = createPanelDraft(after)
    } else patch = panel.follow(transaction, current)
    told = current
    isBehind = false
    if (patch.length === 0) return
    const { origin, local } = transaction
    listener(patch, {
      origin,
      local,
      get panel() {
        return panel.now()
      },
    })
  }

  doc.on('afterTransaction', onTransaction)
  return () => doc.off('afterTransaction', onTransaction)
}

interface PanelDraft {
  /** For keeping. */
  now(): PanelJson
  /** Takes in what a transaction did to the document. */
  follow(transaction: Y.Transaction, model: PanelModel): JsonPatchOperation[]
}

function createPanelDraft(initial: PanelJson): PanelDraft {
  const state = createJsonDraft(initial.$state)
  let computed = initial.$computed
  const sharedState = (): JsonObject => {
    const shared = state.share()
    return isJsonObject(shared) ? shared : {}
  }
  return {
    now: () => ({ $state: sharedState(), $computed: computed }),
    follow(transaction, model) {
      const operations = eventsToPatch(transaction, model.shape, state)
      // Without a definition nothing is computed, and nobody keeps a part of the state.
      if (operations.length === 0 || model.shape.kind === 'free-form') return operations
      const before = computed
      computed = model.computed(sharedState())
      return [...operations, ...diffBelow(['$computed'], before, computed)]
    },
  }
}
