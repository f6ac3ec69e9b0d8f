import * as Y from 'yjs'
import type { Json } from '../model/json.ts'
import { asClient, derivedClientId } from './derived-client.ts'
import { isStoredAs, readDeclared } from './read-state.ts'
import { panelRoots, type StateDeclaration } from './shape.ts'
import { toStoredState } from './write-stored.ts'

/**
 * Makes sure that a declared state is stored as its type says, so that it can be edited. One that is missing or of the
 * wrong kind is set to its default, which is what it showed already.
 *
 * Any replica may do this at any time, also at the same moment as others: all write the same items under the same
 * derived client id, so that afterwards there is one container, not alternatives of which one loses its content.
 *
 * @returns What is stored now.
 */
export function openState(doc: Y.Doc, declaration: StateDeclaration): unknown {
  const { state } = panelRoots(doc)
  const stored = state.get(declaration.name)
  const isPlainContainer = typeof stored === 'object' && !(stored instanceof Y.AbstractType)
  if (!isStoredAs(declaration.type, stored) || isPlainContainer) {
    storeDerived(doc, declaration, readDeclared(declaration, stored))
  }
  return state.get(declaration.name)
}

/** Stores `value` in a way that does not depend on who does it, only on what stood there before. */
export function storeDerived(doc: Y.Doc, declaration: StateDeclaration, value: Json): void {
  const { state } = panelRoots(doc)
  // The last item of this key, deleted or not: the new one is attached to it, so it is part of the content.
  const previous = state._map.get(declaration.name)?.lastId
  const seed = [declaration.name, declaration.type, value, previous?.client ?? null, previous?.clock ?? null]
  const clientId = derivedClientId(`nxml-state:1:${JSON.stringify(seed)}`)
  const isTaken = Y.getState(doc.store, clientId) > 0
  asClient(doc, isTaken ? doc.clientID : clientId, () => {
    state.set(declaration.name, toStoredState(declaration, value))
  })
}
