import { FREE_FORM_MODEL, type PanelModel, type StateDeclaration } from '../document/shape.ts'
import { NexusError } from '../model/errors.ts'
import type { Json, JsonObject } from '../model/json.ts'
import { compileSource } from './compile.ts'
import type { Compilation, CompiledPanel, Diagnostic } from './compiled-panel.ts'
import { formatDiagnostic } from './diagnostics.ts'
import { createBudget } from './expressions/budget.ts'
import { evaluateExpression } from './expressions/evaluate.ts'
import { createJsonRoom, toJsonValue } from './expressions/json-value.ts'
import { MAX_COMPUTED_STEPS } from './limits.ts'

/** Entries and characters of source kept; the least recently used go first. */
const MAX_CACHED = 1_000
const MAX_CACHED_CHARACTERS = 8_000_000

const cache = new Map<string, Compilation>()
let cachedCharacters = 0

/** Compiles a definition. Pure, and remembered by the source text. */
export const compilePanel = (source: string): Compilation => {
  const known = cache.get(source)
  const compilation = known ?? compileSource(source)
  if (known === undefined) cachedCharacters += source.length
  cache.delete(source)
  cache.set(source, compilation)
  for (const [oldest] of cache) {
    if (cache.size <= MAX_CACHED && cachedCharacters <= MAX_CACHED_CHARACTERS) break
    cache.delete(oldest)
    cachedCharacters -= oldest.length
  }
  return compilation
}

/**
 * The shape and the derived values of a panel's document. No source means a free-form panel.
 *
 * @throws {NexusError} `invalid_nxml`, with `line`, `column` and `diagnostics`, when the source has errors.
 */
export const panelModel = (source: string | null): PanelModel => {
  if (source === null || source === '') return FREE_FORM_MODEL
  const compilation = compilePanel(source)
  if (compilation.state === 'invalid') throw invalidSource(compilation.diagnostics)
  return modelOf(compilation.panel)
}

const invalidSource = (diagnostics: readonly Diagnostic[]): NexusError => {
  const first = diagnostics.find(({ severity }) => severity === 'error')
  const detail = first === undefined ? 'The NXML source has errors.' : formatDiagnostic(first)
  const place = first === undefined ? {} : { line: first.loc.startLine, column: first.loc.startColumn }
  return new NexusError('invalid_nxml', detail, { details: { ...place, diagnostics } })
}

const models = new WeakMap<CompiledPanel, PanelModel>()

/** The model of a compiled panel; the same object for the same panel. */
export const modelOf = (panel: CompiledPanel): PanelModel => {
  const known = models.get(panel)
  if (known !== undefined) return known
  const states = new Map(
    panel.states.map(({ name, type, scope, default: value }): [string, StateDeclaration] => [
      name,
      { name, type, scope, default: value, identityField: panel.identityFields[name] ?? 'id' },
    ]),
  )
  const model: PanelModel = {
    shape: { kind: 'declared', states },
    computed: (state) => deriveShared(panel, state),
  }
  models.set(panel, model)
  return model
}

/**
 * Every computed value that does not depend on local state. A server does this for others too, so all of a panel together
 * have an allowance; those it does not reach are `undefined`, the same ones everywhere.
 */
const deriveShared = (panel: CompiledPanel, state: JsonObject): JsonObject => {
  const derived: JsonObject = {}
  const shared = createBudget(MAX_COMPUTED_STEPS)
  const room = createJsonRoom()
  for (const { name, local, expr } of panel.computed) {
    if (local) continue
    const read = (key: string): Json | undefined => (Object.hasOwn(derived, key) ? derived[key] : state[key])
    const value = toJsonValue(evaluateExpression(expr, { state: read, scope: {}, shared }), room)
    if (value !== undefined) derived[name] = value
  }
  return derived
}
