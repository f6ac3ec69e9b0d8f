import * as Y from 'yjs'
import type { Json, JsonObject } from '../model/json.ts'
import { byIds } from './anchors.ts'
import { assignDifference, normalState } from './assign-state.ts'
import { readState } from './read-state.ts'
import { type IdRun, idsOf } from './sequence-ids.ts'
import { type PanelShape, panelRoots } from './shape.ts'
import { transactChanged } from './transact-changed.ts'

/** One segment of a handler's run: it is given a state, and what it leaves is carried over to the document. */
export interface PanelRun {
  /** `$state` as it was when the run began. Deeply frozen; stays the same whatever happens to the document. */
  readonly state: JsonObject
  /**
   * Does on the document, as it is by now, what turned `state` into `next`, in one transaction. Work of others since
   * the run began is kept: an item that arrived meanwhile stays, an item removed meanwhile stays removed.
   *
   * Objects of `state` that occur in `next` count as the same item, whatever they contain.
   *
   * @param next - States missing here are unchanged; local states are left out of account.
   * @returns Whether the document changed.
   * @throws `invalid_patch` with `details.pointer`, as `assignState`. Nothing has changed.
   */
  commit(next: JsonObject, origin?: unknown): boolean
}

/**
 * Begins a run (NXML specification 14.5). Remembers which items and characters it was given by their Yjs ids, so that
 * `commit` finds them again however long the run takes.
 */
export function beginRun(doc: Y.Doc, shape: PanelShape): PanelRun {
  const state = readState(doc, shape)
  freeze(state)
  const ids = new Map<unknown, readonly IdRun[]>()
  for (const stored of panelRoots(doc).state.values()) noteIds(stored, ids)
  const anchors = byIds(ids)
  return {
    state,
    commit(next, origin) {
      const target = normalState(shape, wholeState(shape, state, next))
      return transactChanged(doc, origin, () =>
        assignDifference({ doc, shape, base: state, next: target, anchors }),
      )
    },
  }
}

function noteIds(stored: unknown, ids: Map<unknown, readonly IdRun[]>): void {
  if (stored instanceof Y.Array || stored instanceof Y.Text) ids.set(stored, idsOf(stored))
  if (stored instanceof Y.Array) for (const item of stored.toArray()) noteIds(item, ids)
  if (stored instanceof Y.Map) for (const member of stored.values()) noteIds(member, ids)
}

function wholeState(shape: PanelShape, state: JsonObject, next: JsonObject): JsonObject {
  if (shape.kind === 'free-form') return next
  const shared = Object.entries(next).filter(([name]) => shape.states.get(name)?.scope !== 'local')
  return { ...state, ...Object.fromEntries(shared) }
}

function freeze(value: Json): void {
  if (typeof value !== 'object' || value === null) return
  Object.freeze(value)
  for (const child of Object.values(value)) freeze(child)
}
