import type { Json } from '../model/json.ts'
import type { Edit } from './json-draft.ts'
import { jsonEquals } from './json-equality.ts'
import type { Step } from './pointer.ts'

/**
 * The edits that put `items` where `old` stood, from `index` on: as far as both go item by item, then what is left
 * over is removed or inserted.
 */
export function listGapEdits(
  list: readonly Step[],
  index: number,
  old: readonly Json[],
  items: readonly Json[],
): Edit[] {
  const edits: Edit[] = []
  for (const [offset, value] of items.entries()) {
    const path = [...list, index + offset]
    if (offset >= old.length) edits.push({ kind: 'insert', path, value })
    else if (!jsonEquals(old[offset], value)) edits.push({ kind: 'put', path, value })
  }
  for (let surplus = items.length; surplus < old.length; surplus++) {
    edits.push({ kind: 'remove', path: [...list, index + items.length] })
  }
  return edits
}
