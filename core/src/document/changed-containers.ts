import * as Y from 'yjs'
import { MAX_JSON_DEPTH } from '../wire/limits.ts'
import type { Step } from './pointer.ts'
import { isStoredAs, sharedDeclaration } from './read-state.ts'
import { type PanelShape, panelRoots } from './shape.ts'

/** Something in the state that a transaction changed. */
interface ChangedContainer {
  readonly type: unknown
  /** Changed keys of a map. `null` stands for the items of a list or text. */
  readonly keys: ReadonlySet<string | null>
  /** Where it is now, below `$state`; empty for the state itself. */
  readonly path: readonly Step[]
}

/** The containers a transaction changed, as far as `$state` shows them; outer ones before inner ones. */
export function changedContainers(transaction: Y.Transaction, shape: PanelShape): ChangedContainer[] {
  const { state } = panelRoots(transaction.doc)
  const indexOf = createIndexFinder()
  const containers: ChangedContainer[] = []
  for (const [type, keys] of transaction.changed) {
    const path = pathTo(type, state, indexOf)
    if (path !== null && isShown(state, shape, path)) containers.push({ type, keys, path })
  }
  return containers.sort((a, b) => a.path.length - b.path.length)
}

/** @returns `null` for what is deleted, belongs to another root, or hangs in something that does not show it. */
function pathTo(type: unknown, state: Y.Map<unknown>, indexOf: IndexFinder): Step[] | null {
  const path: Step[] = []
  let child: unknown = type
  while (child !== state) {
    const item: Y.Item | null = child instanceof Y.AbstractType ? child._item : null
    if (item === null || item.deleted) return null
    const { parent, parentSub } = item
    if (parent instanceof Y.Map && parentSub !== null) path.unshift(parentSub.toWellFormed())
    else if (parent instanceof Y.Array && parentSub === null) path.unshift(indexOf(parent, item))
    else return null
    child = parent
  }
  return path
}

function isShown(state: Y.Map<unknown>, shape: PanelShape, path: readonly Step[]): boolean {
  if (path.length > MAX_JSON_DEPTH + 1) return false
  const [name] = path
  if (shape.kind === 'free-form' || name === undefined) return true
  const declaration = sharedDeclaration(shape, String(name))
  if (declaration === undefined || !isStoredAs(declaration.type, state.get(declaration.name))) return false
  return path.length === 1 || declaration.type === 'list' || declaration.type === 'object'
}

type IndexFinder = (list: Y.Array<unknown>, item: Y.Item) => number

/** Finds one item by walking; when more items of the same list are asked for, by a table. */
function createIndexFinder(): IndexFinder {
  const tables = new Map<Y.Array<unknown>, Map<Y.Item, number> | null>()
  return (list, wanted) => {
    const table = tables.get(list)
    if (table === undefined) {
      tables.set(list, null)
      for (const [item, index] of visibleItems(list)) if (item === wanted) return index
    }
    const filled = table ?? new Map(visibleItems(list))
    tables.set(list, filled)
    return filled.get(wanted) ?? 0
  }
}

function* visibleItems(list: Y.Array<unknown>): Generator<[Y.Item, number]> {
  let index = 0
  for (let item = list._start; item !== null; item = item.right) {
    if (item.deleted || !item.countable) continue
    yield [item, index]
    index += item.length
  }
}
