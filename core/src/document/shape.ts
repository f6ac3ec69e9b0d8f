import type * as Y from 'yjs'
import type { Json, JsonObject } from '../model/json.ts'

/** The seven types a declared state may have (NXML specification 3.1). */
export const STATE_TYPES = ['string', 'number', 'boolean', 'list', 'object', 'text', 'counter'] as const
export type StateType = (typeof STATE_TYPES)[number]

/** One declared state of a panel. */
export interface StateDeclaration {
  readonly name: string
  readonly type: StateType
  /** `local` states never enter the document. */
  readonly scope: 'shared' | 'local'
  readonly default: Json
  /** For lists: the member that tells items apart when a list is replaced (`id` unless the view names another). */
  readonly identityField: string
}

/**
 * What a panel's document may hold below `$state`. A free-form panel (made without NXML) holds any JSON object;
 * otherwise the declared states are all there is.
 */
export type PanelShape =
  | { readonly kind: 'free-form' }
  | { readonly kind: 'declared'; readonly states: ReadonlyMap<string, StateDeclaration> }

export const FREE_FORM: PanelShape = { kind: 'free-form' }

/** A panel as programs see it: its shape, and the values derived from its state. Pure; comes from the NXML source. */
export interface PanelModel {
  readonly shape: PanelShape
  /** `$computed` for this `$state`. Never throws; a value that cannot be computed is left out. */
  computed(state: JsonObject): JsonObject
}

export const FREE_FORM_MODEL: PanelModel = { shape: FREE_FORM, computed: () => ({}) }

interface PanelRoots {
  readonly nxml: Y.Text
  readonly state: Y.Map<unknown>
}

/** The two root types of a panel document. */
export const panelRoots = (doc: Y.Doc): PanelRoots => ({
  nxml: doc.getText('nxml'),
  state: doc.getMap('state'),
})
