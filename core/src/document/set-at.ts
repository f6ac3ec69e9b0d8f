import * as Y from 'yjs'
import { MAX_JSON_DEPTH } from '../wire/limits.ts'
import { applyEdit } from './apply-edit.ts'
import { checkMember } from './check-state.ts'
import { invalidPatch } from './invalid-patch.ts'
import { normalJson } from './normal-json.ts'
import type { Step } from './pointer.ts'
import { isPlainObject, isStoredAs, sharedDeclaration } from './read-state.ts'
import { type PanelShape, panelRoots } from './shape.ts'
import { transactChanged } from './transact-changed.ts'

/**
 * Sets one place of the state, as inputs and switches do: one operation, the rest of the document is neither read nor
 * touched. A text is changed by its difference, a counter by an increment, a container by difference.
 *
 * @param path - `['tasks', 2, 'done']` is the member `done` of the third task. The last member may be new; everything
 *   above it, and an item of a list, must be there.
 * @returns Whether anything changed.
 * @throws `invalid_patch` with `details.pointer`: no such place, wrong type, not JSON, too deep. Nothing has changed.
 */
export function setAt(
  doc: Y.Doc,
  shape: PanelShape,
  path: readonly Step[],
  value: unknown,
  origin?: unknown,
): boolean {
  const pointer = ['$state', ...path]
  const [name, ...below] = path
  if (typeof name !== 'string') throw invalidPatch('A state’s name comes first.', pointer)
  const normal = normalJson(value, pointer, MAX_JSON_DEPTH - below.length)
  if (below.length === 0) checkMember(shape, name, normal)
  else checkPlace(shownMember(doc, shape, name), below, pointer)
  return transactChanged(doc, origin, () => applyEdit(doc, shape, { kind: 'put', path, value: normal }))
}

/** The text behind a state of type `text`, for live editing; `null` when there is no such state, or not yet its text. */
export function textAt(doc: Y.Doc, name: string): Y.Text | null {
  const stored = panelRoots(doc).state.get(name)
  return stored instanceof Y.Text ? stored : null
}

/** What a state shows, as it is stored. */
function shownMember(doc: Y.Doc, shape: PanelShape, name: string): unknown {
  const stored = panelRoots(doc).state.get(name)
  if (shape.kind === 'free-form') return stored
  const declaration = sharedDeclaration(shape, name)
  if (declaration === undefined) checkMember(shape, name, null)
  if (declaration?.type === 'counter' || declaration?.type === 'text') return null
  return declaration === undefined || isStoredAs(declaration.type, stored) ? stored : declaration.default
}

function checkPlace(top: unknown, below: readonly Step[], pointer: readonly Step[]): void {
  let container = top
  for (const step of below.slice(0, -1)) container = childOfStored(container, step)
  const last = below.at(-1)
  const isList = container instanceof Y.Array || Array.isArray(container)
  const isObject = container instanceof Y.Map || isPlainObject(container)
  const isThere = isList ? last !== undefined && childOfStored(container, last) !== undefined : isObject
  if (!isThere) throw invalidPatch('There is no such place in the state.', pointer)
}

function childOfStored(container: unknown, step: Step): unknown {
  if (container instanceof Y.Map) return container.get(String(step))
  if (container instanceof Y.Array) return typeof step === 'number' ? container.get(step) : undefined
  if (Array.isArray(container)) return typeof step === 'number' ? container[step] : undefined
  return isPlainObject(container) && Object.hasOwn(container, step) ? container[step] : undefined
}
