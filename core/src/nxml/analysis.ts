import type { CompiledComputed, ViewNode } from './compiled-panel.ts'
import type { Report } from './diagnostics.ts'
import type { ExprNode } from './expressions/tree.ts'
import type { Span } from './positions.ts'

/** A computed value before its place in the evaluation order is known. */
export interface UnorderedComputed extends Omit<CompiledComputed, 'local'> {
  readonly nameSpan: Span
}

/**
 * Orders computed values so that each comes after those it reads, and marks those that depend on local state.
 * A circle is reported once, at its first member in source order; its members are left out.
 */
export const orderComputed = (
  computed: readonly UnorderedComputed[],
  localStates: ReadonlySet<string>,
  report: Report,
): CompiledComputed[] => {
  const byName = new Map(computed.map((value) => [value.name, value]))
  const ordered = new Map<string, CompiledComputed>()
  const inCircle = new Set<string>()

  const place = (value: UnorderedComputed, trail: readonly string[]): void => {
    if (ordered.has(value.name) || inCircle.has(value.name)) return
    const start = trail.indexOf(value.name)
    if (start >= 0) {
      reportCircle(trail.slice(start))
      return
    }
    for (const name of value.reads) {
      const read = byName.get(name)
      if (read !== undefined) place(read, [...trail, value.name])
    }
    if (inCircle.has(value.name)) return
    const local = value.reads.some((name) => localStates.has(name) || ordered.get(name)?.local === true)
    const { nameSpan: _, ...rest } = value
    ordered.set(value.name, { ...rest, local })
  }

  const reportCircle = (members: readonly string[]): void => {
    for (const name of members) inCircle.add(name)
    const first = computed.find(({ name }) => members.includes(name))
    if (first === undefined) return
    const at = members.indexOf(first.name)
    const round = [...members.slice(at), ...members.slice(0, at), first.name]
    report({
      code: 'COMPUTED_CYCLE',
      message: round.join(' → '),
      at: first.nameSpan,
      path: ['data', first.name],
    })
  }

  for (const value of computed) place(value, [])
  return [...ordered.values()]
}

/** Methods whose result holds the very items of the list. */
const ITEM_KEEPING = new Set([
  'filter',
  'slice',
  'sort',
  'reverse',
  'toSorted',
  'toReversed',
  'concat',
  'find',
  'findLast',
  'at',
])

/** The state whose items an expression hands on; null when it makes new ones. Computed values are followed. */
const itemSource = (node: ExprNode, computed: ReadonlyMap<string, ExprNode>): string | null => {
  switch (node.op) {
    case 'state': {
      const derived = computed.get(node.name)
      return derived === undefined ? node.name : itemSource(derived, computed)
    }
    case 'method':
      return ITEM_KEEPING.has(node.name) ? itemSource(node.object, computed) : null
    case 'chain':
      return itemSource(node.body, computed)
    case 'list': {
      const [first] = node.items
      return first?.spread === true ? itemSource(first.value, computed) : null
    }
    default:
      return null
  }
}

/** List state → the `key` of the first loop in the View that shows its items (14.7). */
export const findIdentityFields = (
  view: ViewNode | null,
  lists: ReadonlySet<string>,
  computed: readonly CompiledComputed[],
): Record<string, string> => {
  const trees = new Map(computed.map(({ name, expr }) => [name, expr.node as ExprNode]))
  const fields: Record<string, string> = {}
  const visit = (node: ViewNode): void => {
    const { items, key } = node.props
    if (node.type === 'Iterate' && items?.kind === 'binding' && key?.kind === 'literal') {
      const state = itemSource(items.expr.node as ExprNode, trees)
      const isPlain = !String(key.value).includes('.')
      if (state !== null && isPlain && lists.has(state)) fields[state] ??= String(key.value)
    }
    for (const child of node.children) visit(child)
  }
  if (view !== null) visit(view)
  return fields
}
