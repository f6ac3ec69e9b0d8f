import type { Json } from '@nexus/core'
import { setAt, textAt } from '@nexus/core/document'
import { resolveBind, type StatePath, type ViewProp } from '@nexus/core/nxml'
import type * as Y from 'yjs'
import type { PanelStore } from './panel-store.ts'

type BindPath = Extract<ViewProp, { kind: 'path' }>

/** Where an input reads and writes. */
export type Binding =
  /** The whole of a `text` state. */
  | { readonly kind: 'text'; readonly name: string; readonly text: Y.Text; readonly origin: string }
  | {
      readonly kind: 'value'
      /** From the state's name on. */
      readonly path: StatePath
      readonly value: unknown
      readonly isLocal: boolean
      readonly isNumber: boolean
      readonly origin: string
    }
  /** The item was made by an expression and is nowhere in the state, or its state is not there yet. */
  | { readonly kind: 'unbound' }

const memberOf = (value: unknown, key: string | number): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? Reflect.get(value, key)
    : undefined

const spellPath = (path: StatePath): string =>
  path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`))
    .join('')

/** Finds what `bind` means in this row now. */
export function findBinding(
  { doc, store }: { doc: Y.Doc; store: PanelStore },
  bind: BindPath,
  scope: Readonly<Record<string, unknown>>,
): Binding {
  const definition = store.definition()
  const path = resolveBind(bind, scope, { pathOf: store.locate })
  if (definition.kind !== 'nxml' || path === null) return { kind: 'unbound' }
  const [name, ...steps] = path
  const declared = definition.panel.states.find((state) => state.name === name)
  if (declared === undefined) return { kind: 'unbound' }
  const origin = `bind:$state.${spellPath(path)}`
  if (declared.type === 'text' && path.length === 1) {
    const text = textAt(doc, name)
    return text === null ? { kind: 'unbound' } : { kind: 'text', name, text, origin }
  }
  const isLocal = declared.scope === 'local'
  if (!isLocal && !store.isStored(name)) return { kind: 'unbound' }
  const value = steps.reduce<unknown>(memberOf, store.read(name))
  const isNumber = path.length === 1 ? declared.type === 'number' : typeof value === 'number'
  return { kind: 'value', path, value, isLocal, isNumber, origin }
}

/** `root` with the value at `path` replaced; the parts on the way are copied. */
function withValue(root: unknown, path: readonly (string | number)[], value: Json): Json {
  const [step, ...rest] = path
  if (step === undefined) return value
  if (Array.isArray(root))
    return root.map((item, index) => (index === step ? withValue(item, rest, value) : item))
  const object: { [key: string]: Json } = Object.assign({}, root)
  object[String(step)] = withValue(memberOf(root, step), rest, value)
  return object
}

/**
 * Writes a bound value: one transaction with the binding's origin, or this client's own state.
 *
 * @throws {NexusError} `invalid_patch` when the place has gone or the type is wrong. Nothing changed.
 */
export function writeBinding(
  { doc, store }: { doc: Y.Doc; store: PanelStore },
  { path, isLocal, origin }: Extract<Binding, { kind: 'value' }>,
  value: Json,
): void {
  const [name, ...rest] = path
  if (isLocal) {
    store.setLocal(name, withValue(store.read(name), rest, value))
    return
  }
  setAt(doc, store.model().shape, path, value, origin)
}
