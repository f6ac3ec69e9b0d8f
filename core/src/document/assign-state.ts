import * as Y from 'yjs'
import { isJsonObject, type Json, type JsonObject } from '../model/json.ts'
import { MAX_JSON_DEPTH } from '../wire/limits.ts'
import { type Anchors, BY_COMPARISON, CURRENT } from './anchors.ts'
import { assignInPlace, assignMembers } from './assign.ts'
import { checkMember, memberProblem } from './check-state.ts'
import { invalidPatch } from './invalid-patch.ts'
import { jsonEquals } from './json-equality.ts'
import { normalJson } from './normal-json.ts'
import { openState } from './open-state.ts'
import { getMember } from './own-members.ts'
import { readDeclared, readMember, readState } from './read-state.ts'
import { type PanelShape, panelRoots, type StateDeclaration } from './shape.ts'
import { toStored } from './write-stored.ts'

/**
 * Makes `$state` read as `next`, by difference: only what differs between `base` and `next` becomes Yjs operations,
 * so that work of others on the rest survives. The caller wraps it in a transaction.
 *
 * @param next - The whole `$state`. A declared state missing here gets its default.
 * @param base - The `$state` that `next` was made from; the document's present one when left out. With an older one the
 *   difference is carried over to the present document; which items it means is found by comparison.
 * @throws `invalid_patch` with `details.pointer`: an undeclared or local name, a value of the wrong type, not JSON, or
 *   nested more than 32 levels. Nothing has changed.
 */
export function assignState(doc: Y.Doc, shape: PanelShape, next: JsonObject, base?: JsonObject): void {
  const target = normalState(shape, next)
  if (base === undefined)
    assignDifference({ doc, shape, base: readState(doc, shape), next: target, anchors: CURRENT })
  else assignDifference({ doc, shape, base, next: target, anchors: BY_COMPARISON })
}

/** @throws `invalid_patch` when `state` is not one this panel could have. Names that are missing are not looked at. */
export function normalState(shape: PanelShape, state: unknown): JsonObject {
  // One level more: the object of all states is not counted.
  const normal = normalJson(state, ['$state'], MAX_JSON_DEPTH + 1)
  if (!isJsonObject(normal)) throw invalidPatch('`$state` must be an object.', ['$state'])
  for (const [name, value] of Object.entries(normal)) checkMember(shape, name, value)
  return normal
}

interface Difference {
  readonly doc: Y.Doc
  readonly shape: PanelShape
  readonly base: JsonObject
  /** Checked. */
  readonly next: JsonObject
  readonly anchors: Anchors
}

/** Does on the live document what turns `base` into `next`. */
export function assignDifference({ doc, shape, base, next, anchors }: Difference): void {
  if (shape.kind === 'free-form') {
    assignMembers(panelRoots(doc).state, base, next, anchors)
    return
  }
  for (const declaration of shape.states.values()) {
    if (declaration.scope !== 'shared') continue
    const { name } = declaration
    const value = getMember(next, name) ?? readDeclared(declaration, undefined)
    assignDeclared({ doc, declaration, base: baseValue(doc, shape, base, name), next: value, anchors })
  }
}

/** A base from before the state was declared, or declared with this type, says nothing: the present value is taken. */
function baseValue(doc: Y.Doc, shape: PanelShape, base: JsonObject, name: string): Json {
  const value = getMember(base, name)
  return value !== undefined && memberProblem(shape, name, value) === null
    ? value
    : (readMember(doc, shape, name) ?? null)
}

interface DeclaredChange {
  readonly doc: Y.Doc
  readonly declaration: StateDeclaration
  readonly base: Json
  /** Has the declared type. */
  readonly next: Json
  readonly anchors: Anchors
}

/** Does on one declared state what turns `base` into `next`. */
export function assignDeclared({ doc, declaration, base, next, anchors }: DeclaredChange): void {
  if (jsonEquals(base, next)) return
  const live = openState(doc, declaration)
  if (declaration.type === 'counter') {
    increase(live, Number(next) - Number(base))
  } else if (!assignInPlace(live, base, next, anchors, [declaration.identityField]) && live !== next) {
    panelRoots(doc).state.set(declaration.name, toStored(next))
  }
}

/** Adds an increment to a counter; concurrent ones add up. */
export function increase(counter: unknown, by: number): void {
  if (counter instanceof Y.Array && by !== 0) counter.push([by])
}
