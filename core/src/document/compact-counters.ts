import * as Y from 'yjs'
import { increase } from './assign-state.ts'
import { readDeclared } from './read-state.ts'
import { type PanelShape, panelRoots } from './shape.ts'
import { transactChanged } from './transact-changed.ts'

/** Increments a counter may have before it is worth folding them; about 2 bytes each. */
const MAX_COUNTER_ENTRIES = 500

/**
 * Folds the increments of long counters into their sum; increments that others make at the same moment stay.
 *
 * Only one process at a time may do this for a document: two that fold the same increments double the value.
 *
 * @returns Whether there was anything to fold.
 */
export function compactCounters(doc: Y.Doc, shape: PanelShape, maxEntries = MAX_COUNTER_ENTRIES): boolean {
  if (shape.kind === 'free-form') return false
  return transactChanged(doc, 'system:compact', () => {
    for (const declaration of shape.states.values()) {
      const stored = panelRoots(doc).state.get(declaration.name)
      if (declaration.type !== 'counter' || !(stored instanceof Y.Array) || stored.length <= maxEntries)
        continue
      const sum = Number(readDeclared(declaration, stored))
      stored.delete(0, stored.length)
      increase(stored, sum)
    }
  })
}
