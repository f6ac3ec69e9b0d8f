import type * as Y from 'yjs'
import { NexusError } from '../model/errors.ts'
import { isJsonObject, type Json, type JsonObject } from '../model/json.ts'
import { MAX_JSON_DEPTH } from '../wire/limits.ts'
import { memberProblem } from './check-state.ts'
import { evaluateOperation } from './evaluate-operation.ts'
import { invalidPatch } from './invalid-patch.ts'
import { childOf, createJsonDraft, type Edit, type JsonDraft } from './json-draft.ts'
import { jsonEquals } from './json-equality.ts'
import type { JsonPatchOperation } from './json-patch.ts'
import { normalJson } from './normal-json.ts'
import { getMember } from './own-members.ts'
import { formatPointer, parsePointer, type Step } from './pointer.ts'
import { readState } from './read-state.ts'
import type { PanelModel, PanelShape } from './shape.ts'
import { stateEdits } from './state-edits.ts'
import { createWriteBudget, spend, type WriteBudget } from './write-budget.ts'

/** Runs what belongs to one operation; errors can be given its position here. */
type RunOperation = <Result>(position: number, run: () => Result) => Result

/**
 * Applies a patch to the panel JSON, on plain values, and says which edits of `$state` bring the document there.
 * Types are checked on the result: on the way a declared state may be gone or of another type.
 *
 * @returns In order, with paths below `$state`; empty when the patch leaves everything as it was.
 * @throws `invalid_patch`, `patch_test_failed` or `payload_too_large`, with `details.pointer`.
 */
export function planPatch(
  doc: Y.Doc,
  model: PanelModel,
  operations: readonly JsonPatchOperation[],
  runOperation: RunOperation,
): Edit[] {
  // Only the states that the patch names are read, so that its cost does not grow with the rest of the document.
  const before = readState(doc, model.shape, namedStates(operations))
  const draft = createJsonDraft({ $state: before, $computed: {} })
  const budget = createWriteBudget()
  const computed: ComputedReads = { left: MAX_COMPUTED_READS, isCurrent: false }
  const detours = new Map<string, Detour>()
  const edits: Edit[] = []
  operations.forEach((operation, position) => {
    const made = runOperation(position, () => evaluate({ draft, model, budget, computed }, operation))
    noteDetours(detours, { made, position, shape: model.shape, state: stateIn(draft.value) })
    // Not push(...made): a new `$state` may have more members than a call can have arguments.
    for (const edit of made) edits.push(edit)
  })
  refuseWrongResult(detours, runOperation)
  return simplified(edits, before, stateIn(draft.value), detours)
}

const stateIn = (panel: Json): JsonObject => {
  const state = childOf(panel, '$state')
  return isJsonObject(state) ? state : {}
}

/** @returns `undefined` when some pointer does not lead into one state: then all are needed. */
function namedStates(operations: readonly JsonPatchOperation[]): Set<string> | undefined {
  const names = new Set<string>()
  for (const operation of operations) {
    for (const pointer of 'from' in operation ? [operation.path, operation.from] : [operation.path]) {
      const [root, name] = parsePointer(pointer) ?? []
      if (root !== '$state' || name === undefined) return undefined
      names.add(name)
    }
  }
  return names
}

/** How often one patch may change the state and then look at computed values; each time they are all derived anew. */
const MAX_COMPUTED_READS = 20

interface ComputedReads {
  left: number
  /** Whether `$computed` of the draft belongs to its `$state`. */
  isCurrent: boolean
}

interface Evaluation {
  readonly draft: JsonDraft
  readonly model: PanelModel
  readonly budget: WriteBudget
  readonly computed: ComputedReads
}

function evaluate(evaluation: Evaluation, operation: JsonPatchOperation): Edit[] {
  const { draft, budget, computed } = evaluation
  const normal = normalOperation(operation)
  if (readsComputed(normal) && !computed.isCurrent) derive(evaluation, parsePointer(normal.path) ?? [])
  const old = stateIn(draft.value)
  const made = evaluateOperation(draft, normal).flatMap((edit) => stateEdits(edit, old))
  if (normal.op !== 'test') computed.isCurrent = false
  for (const edit of made) if ('value' in edit) spend(budget, edit.value, ['$state', ...edit.path])
  return made
}

function derive({ draft, model, computed }: Evaluation, path: readonly Step[]): void {
  if (computed.left === 0) {
    const detail = `One patch may look at computed values after at most ${MAX_COMPUTED_READS} changes.`
    throw new NexusError('payload_too_large', detail, { details: { pointer: formatPointer(path) } })
  }
  computed.left -= 1
  draft.make({ kind: 'put', path: ['$computed'], value: model.computed(stateIn(draft.share())) })
  computed.isCurrent = true
}

/** What a whole document has above a state: the panel and `$state`. */
const WHOLE_DOCUMENT_LEVELS = 2

function normalOperation(operation: JsonPatchOperation): JsonPatchOperation {
  if (!('value' in operation)) return operation
  const path = parsePointer(operation.path) ?? []
  const value = normalJson(operation.value, path, MAX_JSON_DEPTH + WHOLE_DOCUMENT_LEVELS)
  if (operation.op !== 'increment') return { ...operation, value }
  if (typeof value !== 'number') throw invalidPatch('“value” must be a number.', path)
  return { ...operation, value }
}

function readsComputed(operation: JsonPatchOperation): boolean {
  const pointer = operation.op === 'test' ? operation.path : 'from' in operation ? operation.from : '/$state'
  return parsePointer(pointer)?.[0] !== '$state'
}

/** A declared state that was gone or of the wrong type at some point of the patch. */
interface Detour {
  /** The operation that led there. */
  readonly position: number
  /** `null` once it is right again. */
  readonly problem: string | null
}

interface Course {
  readonly made: readonly Edit[]
  readonly position: number
  readonly shape: PanelShape
  /** `$state` after the operation. */
  readonly state: JsonObject
}

function noteDetours(detours: Map<string, Detour>, { made, position, shape, state }: Course): void {
  for (const { path } of made) {
    const name = String(path[0])
    const problem = memberProblem(shape, name, getMember(state, name))
    const standing = detours.get(name)
    if (problem === null && standing === undefined) continue
    detours.set(name, { position: standing?.problem ? standing.position : position, problem })
  }
}

function refuseWrongResult(detours: ReadonlyMap<string, Detour>, runOperation: RunOperation): void {
  for (const [name, { position, problem }] of detours) {
    if (problem === null) continue
    runOperation(position, () => {
      throw invalidPatch(problem, ['$state', name])
    })
  }
}

/** Leaves out states that end as they began, and takes those that went astray straight to their result. */
function simplified(
  edits: readonly Edit[],
  before: JsonObject,
  after: JsonObject,
  detours: ReadonlyMap<string, Detour>,
): Edit[] {
  const names = new Set(edits.map(({ path }) => String(path[0])))
  const changed = names
    .values()
    .filter((name) => !jsonEquals(getMember(before, name), getMember(after, name)))
  const direct = new Set(changed)
  const detoured = direct.intersection(detours)
  return [
    ...edits.filter(({ path }) => direct.has(String(path[0])) && !detoured.has(String(path[0]))),
    ...Array.from(
      detoured,
      (name): Edit => ({ kind: 'put', path: [name], value: getMember(after, name) ?? null }),
    ),
  ]
}
