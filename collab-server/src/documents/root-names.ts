import * as Y from 'yjs'
import type { DecodedUpdate } from './coverage.ts'

/**
 * Named roots a document may have; a panel has two, a workspace a few. Yjs looks for an item's root among all of them,
 * for every item it encodes: with some ten thousand, each save and each opening would take minutes.
 */
const MAX_ROOTS = 100

/** Whether an update brings in more named roots than a document may have. Those that are there already count as well. */
export function hasTooManyRoots(document: Y.Doc, structs: DecodedUpdate['structs']): boolean {
  const brought = new Set<string>()
  for (const struct of structs) {
    // Before it is applied, an item names its root by text.
    const parent: unknown = struct instanceof Y.Item ? struct.parent : null
    if (typeof parent === 'string' && !document.share.has(parent)) brought.add(parent)
  }
  return brought.size > 0 && document.share.size + brought.size > MAX_ROOTS
}
