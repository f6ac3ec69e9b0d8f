import { limits } from '@nexus/core'
import * as Y from 'yjs'
import type { DecodedUpdate } from './coverage.ts'

/**
 * Deepest nesting an edit may make. Panels allow half of it; at some thousands Yjs runs out of stack when the outermost
 * thing is deleted, and the log could never be loaded again.
 */
const MAX_NESTING = 2 * limits.MAX_JSON_DEPTH

/** Whether an update, applied to `document`, would nest shared types or plain values deeper than is good for anybody. */
export function isTooDeep(document: Y.Doc, structs: DecodedUpdate['structs']): boolean {
  const items = structs.filter((struct) => struct instanceof Y.Item)
  if (!items.every(({ content }) => isShallow(valuesIn(content), MAX_NESTING + 1))) return true
  const nested = items.filter(({ content }) => content instanceof Y.ContentType)
  if (nested.length === 0) return false
  const depthOf = createDepths(document, items)
  return nested.some((item) => depthOf(item) >= MAX_NESTING)
}

function valuesIn(content: Y.Item['content']): unknown {
  if (content instanceof Y.ContentAny || content instanceof Y.ContentJSON) return content.arr
  if (content instanceof Y.ContentEmbed) return content.embed
  return content instanceof Y.ContentFormat ? content.value : null
}

function isShallow(value: unknown, levels: number): boolean {
  if (value === null || typeof value !== 'object' || ArrayBuffer.isView(value)) return true
  return levels > 0 && Object.values(value).every((item) => isShallow(item, levels - 1))
}

/** How many shared types are above an item of the update. No recursion: the chain is as long as its author likes. */
function createDepths(document: Y.Doc, items: readonly Y.Item[]): (item: Y.Item) => number {
  const known = new Map<Y.Item, number>()
  const find = createFinder(document, items)
  return (item) => {
    const path: { readonly item: Y.Item; readonly step: 0 | 1 }[] = []
    let depth = 0
    for (let at: Y.Item | null = item; at !== null; ) {
      const here = known.get(at) ?? storedDepth(at)
      if (here !== null) {
        depth = here
        break
      }
      // In case the chain bites its own tail; such items are never applied.
      known.set(at, 0)
      const parent: Y.Item['parent'] = at.parent
      const isInside: boolean = parent instanceof Y.ID
      path.push({ item: at, step: isInside ? 1 : 0 })
      // An item that names no parent has the parent of its neighbour.
      const above: Y.ID | null =
        parent instanceof Y.ID ? parent : parent === null ? (at.origin ?? at.rightOrigin) : null
      at = above === null ? null : find(above)
    }
    for (const { item: passed, step } of path.toReversed()) {
      depth += step
      known.set(passed, depth)
    }
    return depth
  }
}

/** The depth of an item that is part of a document already; `null` for one that only an update has. */
function storedDepth({ parent }: Y.Item): number | null {
  if (!(parent instanceof Y.AbstractType)) return null
  let depth = 0
  for (
    let type: unknown = parent;
    type instanceof Y.AbstractType && type._item !== null;
    type = type._item.parent
  ) {
    depth += 1
  }
  return depth
}

/** Finds the item with an id: in the update, else in the document; `null` when neither has it any more. */
function createFinder(document: Y.Doc, items: readonly Y.Item[]): (id: Y.ID) => Y.Item | null {
  const ofClient = Map.groupBy(items, ({ id }) => id.client)
  return ({ client, clock }) => {
    if (clock < Y.getState(document.store, client)) {
      const stored = Y.getItem(document.store, Y.createID(client, clock))
      return stored instanceof Y.Item ? stored : null
    }
    const candidates = ofClient.get(client) ?? []
    const at = lastStartingAtOrBefore(candidates, clock)
    return at !== undefined && clock < at.id.clock + at.length ? at : null
  }
}

/** `items` ascend by clock. */
function lastStartingAtOrBefore(items: readonly Y.Item[], clock: number): Y.Item | undefined {
  let [low, high] = [0, items.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((items[middle]?.id.clock ?? 0) <= clock) low = middle + 1
    else high = middle
  }
  return items[low - 1]
}
