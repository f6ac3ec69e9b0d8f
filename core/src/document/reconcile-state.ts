import * as Y from 'yjs'
import type { Json } from '../model/json.ts'
import { storeDerived } from './open-state.ts'
import { isStoredAs, readDeclared, readValue } from './read-state.ts'
import { type PanelShape, panelRoots, type StateDeclaration, type StateType } from './shape.ts'
import { transactChanged } from './transact-changed.ts'

/**
 * Brings the document in line with a changed definition (NXML specification 14.8): missing states get their default,
 * states of a changed type are converted where that makes sense and get their default where not. Values of states that
 * are no longer declared stay, invisible, and come back with the declaration.
 *
 * Any number of processes may do this for the same change: what they write is the same to the last id.
 *
 * @param before - The shape until now, if known. Without it a list of whole numbers and a counter look alike.
 * @returns Whether anything changed.
 */
export function reconcileState(doc: Y.Doc, shape: PanelShape, before: PanelShape | null = null): boolean {
  if (shape.kind === 'free-form') return false
  return transactChanged(doc, 'system:reconcile', () => {
    for (const declaration of shape.states.values()) {
      if (declaration.scope === 'shared') reconcile(doc, declaration, declarationIn(before, declaration.name))
    }
  })
}

const declarationIn = (shape: PanelShape | null, name: string): StateDeclaration | undefined =>
  shape?.kind === 'declared' ? shape.states.get(name) : undefined

function reconcile(doc: Y.Doc, declaration: StateDeclaration, before: StateDeclaration | undefined): void {
  const stored = panelRoots(doc).state.get(declaration.name)
  const changedKind = before !== undefined && before.type !== declaration.type && stored instanceof Y.Array
  const wasLocal = before?.scope === 'local'
  if (isStoredAs(declaration.type, stored) && !changedKind && !wasLocal) return
  const source = wasLocal ? undefined : plainValue(stored, before)
  storeDerived(doc, declaration, converted(declaration.type, source) ?? readDeclared(declaration, undefined))
}

/** A stored text as its string and a counter as its sum; other containers have no plain value. */
function plainValue(stored: unknown, before: StateDeclaration | undefined): Json | undefined {
  if (stored instanceof Y.Array) {
    const isCounter =
      before === undefined ? stored.toArray().every(Number.isSafeInteger) : before.type === 'counter'
    return isCounter
      ? stored.toArray().reduce<number>((sum, increment) => sum + Number(increment), 0)
      : undefined
  }
  const value = readValue(stored)
  return typeof value === 'object' ? undefined : value
}

/** @returns The value in the other type, or `undefined` when it has none. */
function converted(type: StateType, value: Json | undefined): Json | undefined {
  if (value === undefined) return undefined
  if (type === 'text') return typeof value === 'string' ? value : undefined
  if (type === 'string') return String(value)
  if (type === 'counter') return typeof value === 'number' ? wholeNumber(value) : undefined
  if (type === 'number') return typeof value === 'number' ? value : numberIn(value)
  if (type === 'boolean') return booleanIn(value)
  return undefined
}

function wholeNumber(value: number): number | undefined {
  const rounded = Math.round(value) + 0
  return Number.isSafeInteger(rounded) ? rounded : undefined
}

function numberIn(value: Json): number | undefined {
  if (typeof value === 'string' && value.trim() === '') return 0
  if (typeof value !== 'string' || !/^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(value))
    return undefined
  return Number.isFinite(Number(value)) ? Number(value) + 0 : undefined
}

function booleanIn(value: Json): boolean | undefined {
  const word = typeof value === 'string' ? value.trim().toLowerCase() : ''
  if (['true', 'yes', '1', 'on'].includes(word)) return true
  return ['false', 'no', '0', 'off', ''].includes(word) && typeof value === 'string' ? false : undefined
}
