import * as Y from 'yjs'
import type { JsonObject } from '../model/json.ts'
import { normalState } from './assign-state.ts'
import { derivedClientId, sha256Hex } from './derived-client.ts'
import { getMember } from './own-members.ts'
import { type PanelShape, panelRoots, type StateDeclaration } from './shape.ts'
import { toStored, toStoredState } from './write-stored.ts'

export interface NewPanel {
  readonly panelId: string
  /** NXML text; `null` makes a free-form panel. */
  readonly source: string | null
  /** What `source` declares. */
  readonly shape: PanelShape
  /** Values that differ from the defaults. */
  readonly initialState?: JsonObject
}

/**
 * The first update of a panel's document: its source and one value per shared state, in source order.
 *
 * A pure function of its input, down to the item ids (NXML specification 14.6): servers that race make the same bytes,
 * and applying them twice changes nothing.
 *
 * @throws `invalid_patch` when `initialState` names an undeclared state or has a value of the wrong type.
 */
export function createPanelUpdate({ panelId, source, shape, initialState }: NewPanel): Uint8Array {
  const text = (source ?? '').toWellFormed()
  const state = normalState(shape, initialState ?? {})
  const seed = `nxml-init:1:${panelId}:${sha256Hex(text)}`
  const clientId = derivedClientId(
    initialState === undefined ? seed : `${seed}:${sha256Hex(JSON.stringify(state))}`,
  )
  return firstUpdate(clientId, (doc) => {
    const roots = panelRoots(doc)
    if (text !== '') roots.nxml.insert(0, text)
    for (const [name, stored] of initialMembers(shape, state)) roots.state.set(name, stored)
  })
}

/** The first update of a workspace's own document: an empty one, the same for every workspace. */
export const createWorkspaceUpdate = (_workspaceId: string): Uint8Array => Y.encodeStateAsUpdate(new Y.Doc())

function firstUpdate(clientId: number, write: (doc: Y.Doc) => void): Uint8Array {
  const doc = new Y.Doc()
  doc.clientID = clientId
  doc.transact(() => write(doc), 'system:init')
  const update = Y.encodeStateAsUpdate(doc)
  doc.destroy()
  return update
}

function initialMembers(shape: PanelShape, state: JsonObject): (readonly [string, unknown])[] {
  if (shape.kind === 'free-form') return Object.entries(state).map(([name, value]) => [name, toStored(value)])
  return [...shape.states.values()].filter(isShared).map((declaration) => {
    const value = getMember(state, declaration.name) ?? declaration.default
    return [declaration.name, toStoredState(declaration, value)]
  })
}

const isShared = (declaration: StateDeclaration): boolean => declaration.scope === 'shared'
