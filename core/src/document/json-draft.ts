import { isJsonObject, type Json, type JsonObject } from '../model/json.ts'
import { getMember, setMember } from './own-members.ts'
import { parseIndex, type Step } from './pointer.ts'

/** One elementary change of a JSON document, with positions resolved. Items behind an inserted or removed one shift. */
export type Edit =
  /** A member made or replaced, an item replaced, or (empty path) the whole document. */
  | { readonly kind: 'put'; readonly path: readonly Step[]; readonly value: Json }
  /** A new item; the last step is its position. */
  | { readonly kind: 'insert'; readonly path: readonly Step[]; readonly value: Json }
  /** A member or item that is there. */
  | { readonly kind: 'remove'; readonly path: readonly Step[] }
  /** Adds to a number that is there. */
  | { readonly kind: 'increment'; readonly path: readonly Step[]; readonly by: number }

type Container = Json[] | JsonObject

/**
 * A JSON document to be changed step by step. The value it starts from is never touched: a container is copied the
 * first time something inside it changes, so unchanged parts stay shared. Values in edits become part of the document
 * as they are, and are not touched later either.
 */
export interface JsonDraft {
  /** The document now, for looking at: later edits may change what is read here. */
  readonly value: Json
  /** The document now, for keeping: no later edit touches any part of it. */
  share(): Json
  /** @param edit - Its place exists: the container, and the member or item where one is to be removed or replaced. */
  make(edit: Edit): void
}

export function createJsonDraft(initial: Json): JsonDraft {
  let copies = new WeakSet<object>()
  let root = initial

  const own = (value: Json | undefined): Container => {
    if (!isContainer(value)) throw new Error('An edit leads through a value that is no container.')
    if (copies.has(value)) return value
    const copy = Array.isArray(value) ? [...value] : { ...value }
    copies.add(copy)
    return copy
  }

  const ownContainerOf = (path: readonly Step[]): Container => {
    let container = own(root)
    root = container
    for (const step of path.slice(0, -1)) {
      const child = own(childOf(container, step))
      putChild(container, step, child)
      container = child
    }
    return container
  }

  return {
    get value() {
      return root
    },
    share() {
      copies = new WeakSet()
      return root
    },
    make(edit) {
      const last = edit.path.at(-1)
      if (last !== undefined) change(ownContainerOf(edit.path), last, edit)
      else if (edit.kind === 'put') root = edit.value
    },
  }
}

function change(container: Container, step: Step, edit: Edit): void {
  if (edit.kind === 'put') putChild(container, step, edit.value)
  else if (edit.kind === 'increment') putChild(container, step, Number(childOf(container, step)) + edit.by)
  else if (edit.kind === 'insert' && Array.isArray(container)) container.splice(Number(step), 0, edit.value)
  else if (edit.kind === 'remove' && Array.isArray(container)) container.splice(Number(step), 1)
  else if (edit.kind === 'remove' && !Array.isArray(container)) delete container[step]
}

const isContainer = (value: Json | undefined): value is Container =>
  Array.isArray(value) || isJsonObject(value)

function putChild(container: Container, step: Step, value: Json): void {
  if (Array.isArray(container)) container[Number(step)] = value
  else setMember(container, String(step), value)
}

/** @returns The member or item, or `undefined` when there is none (a scalar has none). */
export function childOf(value: Json | undefined, step: Step): Json | undefined {
  if (Array.isArray(value)) {
    const index = parseIndex(step)
    return index === null ? undefined : value[index]
  }
  return isJsonObject(value) ? getMember(value, String(step)) : undefined
}

/** @returns What stands at `path`, or `undefined` when there is nothing. */
export const valueAt = (root: Json, path: readonly Step[]): Json | undefined =>
  path.reduce<Json | undefined>(childOf, root)
