import { type Expr, evaluateProp, toShownText, type ViewNode, type ViewProp } from '@nexus/core/nxml'
import { useSyncExternalStore } from 'react'
import type { PanelStore } from '../../session/panel-store.ts'
import type { Scope } from './component.ts'
import { usePanel, useValues } from './panel-context.ts'

export type Props = Readonly<Record<string, unknown>>

const exprsOf = (prop: ViewProp): readonly Expr[] => {
  if (prop.kind === 'binding') return [prop.expr]
  return prop.kind === 'template' ? prop.parts.filter((part) => typeof part !== 'string') : []
}

const readsOfNodes = new WeakMap<ViewNode, readonly string[]>()

/** States and computed values a component's own props read. */
export function readsOf(node: ViewNode): readonly string[] {
  const known = readsOfNodes.get(node)
  if (known !== undefined) return known
  const props = Object.values(node.props)
  const bound = props.flatMap((prop) =>
    prop.kind === 'path' && prop.root === '$state' ? [String(prop.steps[0])] : [],
  )
  const reads = [...new Set([...bound, ...props.flatMap(exprsOf).flatMap((expr) => expr.reads)])]
  readsOfNodes.set(node, reads)
  return reads
}

/** A prop's value in this row now; undefined for one that is not there, and for a `bind`. */
export const propValue = (store: PanelStore, prop: ViewProp | undefined, scope: Scope): unknown =>
  prop === undefined ? undefined : evaluateProp(prop, { state: store.read, scope })

/** The component's props as values; redraws when one of the values they read changes. */
export function useProps(node: ViewNode, scope: Scope, instanceId: string | null): Props {
  const { store, handles } = usePanel()
  useValues(store, readsOf(node))
  const overrides = useSyncExternalStore(handles.subscribe, () =>
    instanceId === null ? null : handles.overrides(instanceId),
  )
  const props: Record<string, unknown> = {}
  for (const [name, prop] of Object.entries(node.props)) props[name] = propValue(store, prop, scope)
  return overrides === null ? props : { ...props, ...overrides }
}

export const textProp = (props: Props, name: string): string => toShownText(props[name])

/** One of `words`, or the first of them. */
export function wordProp<Word extends string>(
  props: Props,
  name: string,
  words: readonly [Word, ...Word[]],
): Word {
  const value = props[name]
  return words.find((word) => word === value) ?? words[0]
}

export const numberProp = (props: Props, name: string, fallback: number): number => {
  const value = props[name]
  return typeof value === 'number' ? value : fallback
}
