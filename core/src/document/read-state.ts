import * as Y from 'yjs'
import type { Json, JsonObject } from '../model/json.ts'
import { MAX_JSON_DEPTH } from '../wire/limits.ts'
import { objectOfSorted } from './own-members.ts'
import {
  type PanelModel,
  type PanelShape,
  panelRoots,
  type StateDeclaration,
  type StateType,
} from './shape.ts'

/** A panel's data as APIs, history and Git show it. */
export interface PanelJson extends JsonObject {
  $state: JsonObject
  $computed: JsonObject
}

/**
 * A stored value as JSON, whatever a client may have put there: containers with sorted keys, a Y.Text as its string;
 * what JSON cannot say (bytes, sub-documents, XML, NaN) and containers below `depth` levels read as `null`.
 *
 * @returns `undefined` only for a stored `undefined`, which shows as a missing member.
 */
export function readValue(stored: unknown, depth: number = MAX_JSON_DEPTH): Json | undefined {
  if (stored === undefined || stored === null || typeof stored === 'boolean') return stored
  if (typeof stored === 'string') return stored.toWellFormed()
  if (typeof stored === 'number') return Number.isFinite(stored) ? stored + 0 : null
  if (stored instanceof Y.Text) return stored.toString().toWellFormed()
  if (depth <= 0) return null
  if (stored instanceof Y.Array) return readItems(stored.toArray(), depth)
  if (stored instanceof Y.Map) return readMembers(stored.entries(), depth)
  if (Array.isArray(stored)) return readItems(stored, depth)
  return isPlainObject(stored) ? readMembers(Object.entries(stored), depth) : null
}

const readItems = (items: readonly unknown[], depth: number): Json[] =>
  Array.from(items, (item) => readValue(item, depth - 1) ?? null)

function readMembers(entries: Iterable<readonly [string, unknown]>, depth: number): JsonObject {
  const members: [string, Json][] = []
  for (const [key, stored] of entries) {
    const value = readValue(stored, depth - 1)
    if (value !== undefined) members.push([key.toWellFormed(), value])
  }
  return objectOfSorted(members)
}

/** Clients other than ours may store objects and lists as plain values inside one item. */
export const isPlainObject = (stored: unknown): stored is Record<string, unknown> =>
  typeof stored === 'object' &&
  stored !== null &&
  !Array.isArray(stored) &&
  !(stored instanceof Y.AbstractType) &&
  !(stored instanceof Uint8Array) &&
  !(stored instanceof Y.Doc)

const IS_STORED_AS: Record<StateType, (stored: unknown) => boolean> = {
  string: (stored) => typeof stored === 'string',
  number: (stored) => Number.isFinite(stored),
  boolean: (stored) => typeof stored === 'boolean',
  list: (stored) => stored instanceof Y.Array || Array.isArray(stored),
  object: (stored) => stored instanceof Y.Map || isPlainObject(stored),
  text: (stored) => stored instanceof Y.Text,
  counter: (stored) => stored instanceof Y.Array,
}

/** Whether `stored` is something a state of this type can show; if not, the state shows its default. */
export const isStoredAs = (type: StateType, stored: unknown): boolean => IS_STORED_AS[type](stored)

/** The value of a declared state: what is stored, or the default when that is missing or of the wrong kind. */
export function readDeclared(declaration: StateDeclaration, stored: unknown): Json {
  const shown = isStoredAs(declaration.type, stored) ? stored : declaration.default
  if (declaration.type === 'counter' && shown instanceof Y.Array) return sumOf(shown)
  return readValue(shown) ?? null
}

function sumOf(increments: Y.Array<unknown>): number {
  let sum = 0
  for (const increment of increments.toArray()) if (Number.isSafeInteger(increment)) sum += Number(increment)
  return sum + 0
}

/** The shared declaration of `name`; `undefined` for local and undeclared ones, which are not in the document. */
export function sharedDeclaration(shape: PanelShape, name: string): StateDeclaration | undefined {
  const declaration = shape.kind === 'declared' ? shape.states.get(name) : undefined
  return declaration?.scope === 'shared' ? declaration : undefined
}

/** One member of `$state`; `undefined` when there is none of that name. */
export function readMember(doc: Y.Doc, shape: PanelShape, name: string): Json | undefined {
  const stored = panelRoots(doc).state.get(name)
  if (shape.kind === 'free-form') return readValue(stored)
  const declaration = sharedDeclaration(shape, name)
  return declaration && readDeclared(declaration, stored)
}

/**
 * `$state`: keys sorted, texts as strings, counters as sums, declared states always there with a value of their type.
 * A free-form panel shows all its keys; otherwise undeclared and local ones are left out. Never throws.
 *
 * @param names - Read only these; the rest is left out.
 */
export function readState(
  doc: Y.Doc,
  shape: PanelShape,
  names: Iterable<string> = stateNames(doc, shape),
): JsonObject {
  const members: [string, Json][] = []
  for (const name of names) {
    const value = readMember(doc, shape, name)
    if (value !== undefined) members.push([name.toWellFormed(), value])
  }
  return objectOfSorted(members)
}

const stateNames = (doc: Y.Doc, shape: PanelShape): Iterable<string> =>
  shape.kind === 'free-form' ? panelRoots(doc).state.keys() : shape.states.keys()

/** `$state` with the values derived from it, which are computed here and stored nowhere. */
export function panelJson(doc: Y.Doc, model: PanelModel): PanelJson {
  const state = readState(doc, model.shape)
  return { $state: state, $computed: model.computed(state) }
}

/** The panel's NXML text, or `null` when it has none and is free-form. */
export function readSource(doc: Y.Doc): string | null {
  const source = panelRoots(doc).nxml.toString()
  return source === '' ? null : source
}
