import type { ViewNode } from '@nexus/core/nxml'
import { type Binding, findBinding } from '../../session/bound-value.ts'
import type { Scope } from './component.ts'
import { usePanel } from './panel-context.ts'
import { type Props, textProp } from './props.ts'

/** What a field is bound to now; found anew with every drawing, because rows move. */
export function useBinding(node: ViewNode, scope: Scope): Binding {
  const { session, store } = usePanel()
  const bind = node.props.bind
  if (bind?.kind !== 'path') return { kind: 'unbound' }
  return findBinding({ doc: session.doc, store }, bind, scope)
}

/** `maxUsers` → "Max users", for fields the author gave neither label nor placeholder. */
const humanise = (name: string): string => {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[_-]+/g, ' ')
    .trim()
    .toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** What a screen reader calls the field. */
export function fieldName(node: ViewNode, props: Props): string {
  const bind = node.props.bind
  const last = bind?.kind === 'path' ? String(bind.steps.at(-1) ?? '') : ''
  return textProp(props, 'label') || textProp(props, 'placeholder') || humanise(last) || 'Value'
}
