import * as Y from 'yjs'
import type { Json } from '../model/json.ts'
import { CURRENT } from './anchors.ts'
import { assignItem, assignMember } from './assign.ts'
import { assignDeclared, increase } from './assign-state.ts'
import { invalidPatch } from './invalid-patch.ts'
import type { Edit } from './json-draft.ts'
import { openState } from './open-state.ts'
import type { Step } from './pointer.ts'
import { isPlainObject, readMember, readValue, sharedDeclaration } from './read-state.ts'
import { type PanelShape, panelRoots } from './shape.ts'
import { toStored } from './write-stored.ts'

/**
 * Does one edit on the document, touching no more than it names.
 *
 * @param edit - Checked; its path starts below `$state` and is not empty.
 */
export function applyEdit(doc: Y.Doc, shape: PanelShape, edit: Edit): void {
  const [name, ...below] = edit.path
  const declaration = sharedDeclaration(shape, String(name))
  if (declaration === undefined) {
    editInside(panelRoots(doc).state, edit, edit.path)
  } else if (below.length > 0) {
    editInside(openState(doc, declaration), edit, below)
  } else if (edit.kind === 'increment' && declaration.type === 'counter') {
    increase(openState(doc, declaration), edit.by)
  } else if (edit.kind !== 'remove') {
    const base = readMember(doc, shape, declaration.name) ?? null
    assignDeclared({ doc, declaration, base, next: valueAfter(edit, base), anchors: CURRENT })
  }
}

/** Does `edit` in a container; `path` is what is left of its path. */
function editInside(container: unknown, edit: Edit, path: readonly Step[]): void {
  const [step, ...below] = path
  if (step === undefined) return
  if (below.length > 0) editInside(openChild(container, step, edit), edit, below)
  else if (container instanceof Y.Map) editMember(container, String(step), edit)
  else if (container instanceof Y.Array) editItem(container, Number(step), edit)
  else throw nowhere(edit)
}

function editMember(map: Y.Map<unknown>, key: string, edit: Edit): void {
  if (edit.kind === 'remove') {
    map.delete(key)
    return
  }
  const base = readValue(map.get(key))
  assignMember({ live: map, key, base, next: valueAfter(edit, base), anchors: CURRENT })
}

function editItem(list: Y.Array<unknown>, index: number, edit: Edit): void {
  if (edit.kind === 'insert') {
    list.insert(index, [toStored(edit.value)])
  } else if (edit.kind === 'remove') {
    list.delete(index, 1)
  } else {
    const base = readValue(list.get(index))
    assignItem(list, index, base, valueAfter(edit, base), CURRENT)
  }
}

const valueAfter = (edit: Exclude<Edit, { kind: 'remove' }>, base: Json | undefined): Json =>
  edit.kind === 'increment' ? Number(base) + edit.by : edit.value

/** The container at `step`. One that some client stored as a plain value is stored anew, so that it can be edited. */
function openChild(container: unknown, step: Step, edit: Edit): unknown {
  const child = container instanceof Y.Map ? container.get(String(step)) : itemAt(container, step)
  if (!isPlainObject(child) && !Array.isArray(child)) return child
  const stored = toStored(readValue(child) ?? null)
  if (container instanceof Y.Map) container.set(String(step), stored)
  else if (container instanceof Y.Array) replaceItem(container, Number(step), stored)
  else throw nowhere(edit)
  return stored
}

const itemAt = (container: unknown, step: Step): unknown =>
  container instanceof Y.Array ? container.get(Number(step)) : undefined

function replaceItem(list: Y.Array<unknown>, index: number, stored: unknown): void {
  list.delete(index, 1)
  list.insert(index, [stored])
}

const nowhere = (edit: Edit) => invalidPatch('There is nothing to be edited here.', ['$state', ...edit.path])
