import * as Y from 'yjs'
import { isJsonObject, type Json } from '../model/json.ts'
import { MAX_JSON_DEPTH } from '../wire/limits.ts'
import { changedContainers } from './changed-containers.ts'
import { toOperation } from './diff-json.ts'
import { type Edit, type JsonDraft, valueAt } from './json-draft.ts'
import { jsonEquals } from './json-equality.ts'
import type { JsonPatchOperation } from './json-patch.ts'
import { listGapEdits } from './list-operations.ts'
import { objectOfSorted } from './own-members.ts'
import type { Step } from './pointer.ts'
import { readMember, readValue } from './read-state.ts'
import type { PanelShape } from './shape.ts'

/**
 * Says what a transaction did to `$state`, from what Yjs recorded of it. Its cost goes with the containers that
 * changed, not with the document.
 *
 * To be called while the transaction's observers run: later its record is gone.
 *
 * @param state - `$state` before the transaction; afterwards it is the one after it, keys sorted.
 * @returns Operations whose pointers start with `/$state`.
 */
export function eventsToPatch(
  transaction: Y.Transaction,
  shape: PanelShape,
  state: JsonDraft,
): JsonPatchOperation[] {
  const recorder = createRecorder(state)
  // Outer containers first: their edits bring items to the positions by which inner ones are addressed.
  for (const { type, keys, path } of changedContainers(transaction, shape)) {
    const name = String(path[0])
    if (path.length === 0) recordStates(recorder, transaction.doc, shape, keys)
    else if (isCounter(shape, name)) recorder.set(path, readMember(transaction.doc, shape, name))
    else if (type instanceof Y.Text) recorder.set(path, readValue(type))
    else if (type instanceof Y.Map) recordMembers(recorder, type, keys, path)
    else if (type instanceof Y.Array) recordItems(recorder, type, transaction, path)
  }
  return recorder.finish()
}

const isCounter = (shape: PanelShape, name: string): boolean =>
  shape.kind === 'declared' && shape.states.get(name)?.type === 'counter'

/** How deep values inside the container at `path` are shown. */
const levelsInside = (path: readonly Step[]): number => MAX_JSON_DEPTH - path.length

function recordStates(
  recorder: Recorder,
  doc: Y.Doc,
  shape: PanelShape,
  keys: Iterable<string | null>,
): void {
  for (const key of keys) {
    if (key !== null) recorder.set([key.toWellFormed()], readMember(doc, shape, key))
  }
}

function recordMembers(
  recorder: Recorder,
  map: Y.Map<unknown>,
  keys: Iterable<string | null>,
  path: readonly Step[],
): void {
  if (levelsInside(path) < 0) return
  for (const key of keys) {
    if (key !== null) recorder.set([...path, key.toWellFormed()], readValue(map.get(key), levelsInside(path)))
  }
}

/** Walks over the list as it is; what the transaction removed is still in it, marked as deleted. */
function recordItems(
  recorder: Recorder,
  list: Y.Array<unknown>,
  transaction: Y.Transaction,
  path: readonly Step[],
): void {
  if (levelsInside(path) < 0) return
  const isNew = ({ id }: Y.Item) => id.clock >= (transaction.beforeState.get(id.client) ?? 0)
  let index = 0
  let removed = 0
  let inserted: Json[] = []
  const closeGap = () => {
    recorder.replaceItems(path, index, removed, inserted)
    index += inserted.length
    removed = 0
    inserted = []
  }
  for (let item = list._start; item !== null; item = item.right) {
    if (!item.countable) continue
    if (!item.deleted && isNew(item)) {
      for (const stored of item.content.getContent())
        inserted.push(readValue(stored, levelsInside(path)) ?? null)
    } else if (!item.deleted) {
      closeGap()
      index += item.length
    } else if (!isNew(item) && Y.isDeleted(transaction.deleteSet, item.id)) {
      removed += item.length
    }
  }
  closeGap()
}

interface Recorder {
  /** Makes, replaces or (`undefined`) removes a member; or replaces an item. Nothing when it is so already. */
  set(path: readonly Step[], value: Json | undefined): void
  replaceItems(list: readonly Step[], index: number, removed: number, items: readonly Json[]): void
  finish(): JsonPatchOperation[]
}

function createRecorder(draft: JsonDraft): Recorder {
  const operations: JsonPatchOperation[] = []
  /** The object that has got new keys: sorted once, when the last of them is there. */
  let unsorted: readonly Step[] | null = null
  const sort = () => {
    if (unsorted !== null) draft.make(sortedAgain(draft.value, unsorted))
    unsorted = null
  }
  const noteNewKey = (path: readonly Step[]) => {
    if (unsorted !== null && !isSamePath(unsorted, path)) sort()
    unsorted = path
  }
  const record = (edit: Edit, op?: 'add') => {
    draft.make(edit)
    const operation = toOperation({ ...edit, path: ['$state', ...edit.path] })
    operations.push(op === 'add' && operation.op === 'replace' ? { ...operation, op } : operation)
  }
  return {
    set(path, value) {
      const old = valueAt(draft.value, path)
      if (jsonEquals(old, value)) return
      if (value === undefined) record({ kind: 'remove', path })
      else record({ kind: 'put', path, value }, old === undefined ? 'add' : undefined)
      if (old === undefined) noteNewKey(path.slice(0, -1))
    },
    replaceItems(list, index, removed, items) {
      if (removed === 0 && items.length === 0) return
      sort()
      const old = valueAt(draft.value, list)
      const gone = Array.isArray(old) ? old.slice(index, index + removed) : []
      for (const edit of listGapEdits(list, index, gone, items)) record(edit)
    },
    finish: () => {
      sort()
      return operations
    },
  }
}

const isSamePath = (a: readonly Step[], b: readonly Step[]): boolean =>
  a.length === b.length && a.every((step, at) => step === b[at])

/** A new key came last; every reader is to see the keys in the same order. */
function sortedAgain(root: Json, path: readonly Step[]): Edit {
  const container = valueAt(root, path)
  return {
    kind: 'put',
    path,
    value: isJsonObject(container) ? objectOfSorted(Object.entries(container)) : (container ?? null),
  }
}
