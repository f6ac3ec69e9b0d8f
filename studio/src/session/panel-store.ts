import type { Json, JsonObject } from '@nexus/core'
import { FREE_FORM_MODEL, type PanelModel, panelRoots, readState } from '@nexus/core/document'
import {
  type CompiledPanel,
  compilePanel,
  type Diagnostic,
  evaluateExpression,
  indexState,
  modelOf,
  type StateIndex,
  type StatePath,
} from '@nexus/core/nxml'
import type * as Y from 'yjs'
import { shareStructure } from './share-structure.ts'

/** What a panel's source is at the moment. */
type Definition =
  | { readonly kind: 'free-form' }
  /** `diagnostics` has errors when the newest source is broken and `panel` is the last one that was not. */
  | { readonly kind: 'nxml'; readonly panel: CompiledPanel; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: 'broken'; readonly diagnostics: readonly Diagnostic[] }

/**
 * A panel's values as plain JSON, kept current with its document. A value changes its identity only when it changes,
 * and so do the parts of it; that is what the view redraws by.
 */
export interface PanelStore {
  definition(): Definition
  /** What the document may hold; of the last valid definition. */
  model(): PanelModel
  /** A state or computed value; the same object until it changes. */
  read(name: string): unknown
  /** A text that is the same as long as none of the values of these names has changed. */
  stamp(names: readonly string[]): string
  /** Where an object of the state is, from the state's name on; `null` for objects an expression made. */
  locate(value: object): StatePath | null
  /** The values of this client's own states. */
  localState(): JsonObject
  setLocal(name: string, value: Json): void
  /**
   * Remembers what the person has typed so far. The function it returns takes a tool's write of a local state, unless the
   * person has typed there since: clearing a draft must not swallow the next one.
   */
  beginLocalRun(): (name: string, value: Json) => void
  /** Whether the document has the state's stored value; `false` until the server has made it. */
  isStored(name: string): boolean
  subscribe(listener: () => void): () => void
  close(): void
}

interface ComputedCell {
  readonly inputs: string
  readonly value: unknown
}

export function createPanelStore(doc: Y.Doc, onLog: (message: string) => void = () => {}): PanelStore {
  const { nxml, state } = panelRoots(doc)
  const listeners = new Set<() => void>()
  const values = new Map<string, unknown>()
  const changes = new Map<string, number>()
  const places = new Map<string, StateIndex>()
  const computedCells = new Map<string, ComputedCell>()
  const local = new Map<string, Json>()
  /** How often the person has written each local state. */
  const typed = new Map<string, number>()
  const computing = new Set<string>()
  const logged = new Set<string>()
  let definition: Definition = { kind: 'free-form' }
  let model: PanelModel = FREE_FORM_MODEL

  const log = (message: string): void => {
    if (logged.has(message)) return
    logged.add(message)
    onLog(message)
  }

  const put = (name: string, next: unknown, isTaken?: (part: object) => boolean): void => {
    const value = shareStructure(values.get(name), next, isTaken)
    if (values.has(name) && Object.is(value, values.get(name))) return
    values.set(name, value)
    changes.set(name, (changes.get(name) ?? 0) + 1)
    places.set(name, indexState({ [name]: value }))
  }

  const readShared = (names: Iterable<string>): void => {
    const wanted = [...names]
    const read = readState(doc, model.shape, wanted)
    for (const name of wanted) if (Object.hasOwn(read, name)) put(name, read[name])
  }

  const declaredNames = ({ shape }: PanelModel = model): string[] =>
    shape.kind === 'free-form'
      ? [...state.keys()]
      : [...shape.states.values()].filter(({ scope }) => scope === 'shared').map(({ name }) => name)

  const takeLocals = (panel: CompiledPanel): void => {
    for (const declared of panel.states) {
      if (declared.scope !== 'local') continue
      if (!local.has(declared.name)) local.set(declared.name, declared.default)
      put(declared.name, local.get(declared.name))
    }
  }

  const compile = (): void => {
    const source = nxml.toString()
    if (source === '') {
      definition = { kind: 'free-form' }
      model = FREE_FORM_MODEL
    } else {
      const compilation = compilePanel(source)
      const { diagnostics } = compilation
      if (compilation.state === 'valid') {
        definition = { kind: 'nxml', panel: compilation.panel, diagnostics }
        model = modelOf(compilation.panel)
        computedCells.clear()
        takeLocals(compilation.panel)
      } else if (definition.kind === 'nxml') {
        // The last definition that was fine goes on running while somebody writes the next one.
        definition = { ...definition, diagnostics }
      } else {
        definition = { kind: 'broken', diagnostics }
      }
    }
    readShared(declaredNames())
  }

  const notify = (): void => {
    for (const listener of [...listeners]) listener()
  }

  const writeLocal = (name: string, value: Json): void => {
    local.set(name, value)
    put(name, value)
    notify()
  }

  const computedExpr = (name: string) =>
    definition.kind === 'nxml'
      ? definition.panel.computed.find((entry) => entry.name === name)?.expr
      : undefined

  const locate = (value: object): StatePath | null => {
    for (const index of places.values()) {
      const path = index.pathOf(value)
      // Computed values hold objects of the state they were made from; those are found there.
      if (path !== null && computedExpr(path[0]) === undefined) return path
    }
    return null
  }

  /** How often a value has changed; brings computed values up to date first. */
  const changeCount = (name: string): number => {
    const expr = computedExpr(name)
    // A definition without cycles never comes back here; this keeps a fault of the compiler from hanging the page.
    if (expr === undefined || computing.has(name)) return changes.get(name) ?? 0
    computing.add(name)
    const inputs = expr.reads.map(changeCount).join()
    if (computedCells.get(name)?.inputs !== inputs) {
      // Rows of the state stay those rows: a copy would be nowhere in the state and its inputs bound to nothing.
      put(name, evaluateExpression(expr, { state: read, scope: {}, log }), (part) => locate(part) !== null)
      computedCells.set(name, { inputs, value: values.get(name) })
    }
    computing.delete(name)
    return changes.get(name) ?? 0
  }

  const read = (name: string): unknown => {
    changeCount(name)
    return values.get(name)
  }

  const onSource = (): void => {
    compile()
    notify()
  }
  const onState = (events: readonly Y.YEvent<Y.AbstractType<unknown>>[]): void => {
    const names = new Set<string>()
    for (const event of events) {
      const [name] = event.path
      if (typeof name === 'string') names.add(name)
      else for (const key of event.keys.keys()) names.add(key)
    }
    const removed = model.shape.kind === 'free-form' ? [...names].filter((name) => !state.has(name)) : []
    for (const name of removed) {
      values.delete(name)
      changes.set(name, (changes.get(name) ?? 0) + 1)
    }
    readShared(names)
    notify()
  }

  compile()
  nxml.observe(onSource)
  state.observeDeep(onState)

  return {
    definition: () => definition,
    model: () => model,
    read,
    stamp: (names) => names.map(changeCount).join(),
    locate,
    localState: () => Object.fromEntries(local),
    setLocal: (name, value) => {
      typed.set(name, (typed.get(name) ?? 0) + 1)
      writeLocal(name, value)
    },
    beginLocalRun: () => {
      const before = new Map(typed)
      return (name, value) => {
        if (typed.get(name) === before.get(name)) writeLocal(name, value)
      }
    },
    isStored: (name) => state.has(name),
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close: () => {
      nxml.unobserve(onSource)
      state.unobserveDeep(onState)
      listeners.clear()
    },
  }
}
