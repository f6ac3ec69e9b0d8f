import type { ViewNode } from '@nexus/core/nxml'
import { useRef, useState } from 'react'
import type { PanelStore } from '../../session/panel-store.ts'
import type { Scope } from './component.ts'
import { memberAt } from './member-at.ts'
import { usePanel, useValues } from './panel-context.ts'
import { propValue, readsOf } from './props.ts'

/** A child as it is drawn: If and Iterate are gone, their children stand in their place (NXML specification 6.3). */
export interface RenderedChild {
  readonly key: string
  readonly node: ViewNode
  readonly scope: Scope
  /** Keys of the rows around it, outermost first; `$view` addresses it by them. */
  readonly rowKeys: readonly string[]
}

/** Rows of one Iterate that are drawn at first, and again with each "show more". */
const MAX_ROWS = 1_000

const isTransparent = ({ type }: ViewNode): boolean => type === 'If' || type === 'Iterate'

const readsOfChildren = new WeakMap<ViewNode, readonly string[]>()

/** What decides which children are there: the conditions and lists below `node`, up to the next box. */
function readsOfStructure(node: ViewNode): readonly string[] {
  const known = readsOfChildren.get(node)
  if (known !== undefined) return known
  const reads = node.children
    .filter(isTransparent)
    .flatMap((child) => [...readsOf(child), ...readsOfStructure(child)])
  const unique = [...new Set(reads)]
  readsOfChildren.set(node, unique)
  return unique
}

const literalOf = (node: ViewNode, name: string): string | null => {
  const prop = node.props[name]
  return prop?.kind === 'literal' ? String(prop.value) : null
}

interface Walk {
  readonly store: PanelStore
  readonly maxRows: number
  /** Scopes of the last drawing by row; a row that has not changed keeps its object. */
  readonly scopes: Map<string, Scope>
  readonly seen: Map<string, Scope>
  hiddenRows: number
}

function keepScope(walk: Walk, key: string, next: Scope): Scope {
  const last = walk.scopes.get(key)
  const isSame = last !== undefined && Object.keys(next).every((name) => Object.is(last[name], next[name]))
  const scope = isSame ? last : next
  walk.seen.set(key, scope)
  return scope
}

function expand(walk: Walk, child: ViewNode, place: Omit<RenderedChild, 'node'>): RenderedChild[] {
  if (child.type === 'If') {
    const isShown = Boolean(propValue(walk.store, child.props.condition, place.scope))
    return isShown ? expandAll(walk, child.children, place) : []
  }
  if (child.type === 'Iterate') return expandRows(walk, child, place)
  return [{ ...place, node: child }]
}

const expandAll = (
  walk: Walk,
  children: readonly ViewNode[],
  place: Omit<RenderedChild, 'node'>,
): RenderedChild[] =>
  children.flatMap((child, index) => expand(walk, child, { ...place, key: `${place.key}/${index}` }))

function expandRows(walk: Walk, loop: ViewNode, place: Omit<RenderedChild, 'node'>): RenderedChild[] {
  const items = propValue(walk.store, loop.props.items, place.scope)
  const variable = literalOf(loop, 'as')
  if (!Array.isArray(items) || variable === null) return []
  const keyPath = literalOf(loop, 'key')
  const used = new Map<string, number>()
  walk.hiddenRows += Math.max(0, items.length - walk.maxRows)
  return items.slice(0, walk.maxRows).flatMap((item: unknown, index) => {
    const wanted = keyPath === null ? String(index) : String(memberAt(item, keyPath) ?? index)
    const count = used.get(wanted) ?? 0
    used.set(wanted, count + 1)
    const rowKey = count === 0 ? wanted : `${wanted}~${count}`
    const key = `${place.key}[${rowKey}]`
    const scope = keepScope(walk, key, {
      ...place.scope,
      [variable]: item,
      [`${variable}Index`]: index,
      index,
    })
    return expandAll(walk, loop.children, { key, scope, rowKeys: [...place.rowKeys, rowKey] })
  })
}

export interface RenderedChildren {
  readonly children: readonly RenderedChild[]
  /** Rows beyond what is drawn. */
  readonly hiddenRows: number
  readonly showMore: () => void
}

/** The children of a box as they are drawn now; redraws when a condition or a list changes. */
export function useRenderedChildren(
  parent: ViewNode,
  scope: Scope,
  rowKeys: readonly string[],
): RenderedChildren {
  const { store } = usePanel()
  const [maxRows, setMaxRows] = useState(MAX_ROWS)
  const scopes = useRef(new Map<string, Scope>())
  useValues(store, readsOfStructure(parent))
  const walk: Walk = { store, maxRows, scopes: scopes.current, seen: new Map(), hiddenRows: 0 }
  const children = expandAll(walk, parent.children, { key: '', scope, rowKeys })
  scopes.current = walk.seen
  return { children, hiddenRows: walk.hiddenRows, showMore: () => setMaxRows((count) => count + MAX_ROWS) }
}
