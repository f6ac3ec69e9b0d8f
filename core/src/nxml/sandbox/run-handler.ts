import type { QuickJSWASMModule } from 'quickjs-emscripten-core'
import type { Json, JsonObject } from '../../model/json.ts'
import type { CompiledHandler, CompiledPanel } from '../compiled-panel.ts'
import { MAX_NESTING } from '../defaults.ts'
import { FORBIDDEN_MEMBERS, HANDLER_GLOBALS } from '../expressions/vocabulary.ts'
import { parseLeftState } from './check-state.ts'
import { createEngine, type Engine, fatalCode } from './engine.ts'
import type { EnginePool } from './engine-pool.ts'
import { callExtension, type ExtensionCall } from './extensions.ts'
import { GUEST_SOURCE } from './guest.ts'
import { createHostCalls, type HostCalls } from './host-calls.ts'
import { resolveArgs } from './resolve-args.ts'
import { MAX_KEY_LENGTH, MAX_LIST_LENGTH, MAX_MESSAGE_CHARACTERS, MAX_TEXT_LENGTH } from './run-limits.ts'
import type { RunOutcome, RunRequest, RunTarget } from './run-request.ts'
import { placeInSource } from './source-place.ts'
import { RUN_ERROR_CODES, type RunErrorCode, RunFailure, type ToolResult } from './tool-result.ts'

export interface Machine {
  readonly pool: EnginePool
  now(): number
}

/** Runs a handler in this thread, in an engine of its own. Never rejects because of what the handler does. */
export const runHandler = async (request: RunRequest, machine: Machine): Promise<RunOutcome> => {
  const startedAt = machine.now()
  const calls = createHostCalls(request.panel, request.log)
  const module = await machine.pool.take()
  const segments = createSegments(request)
  const finish = (rest: Pick<ToolResult, 'success' | 'value' | 'error'>): ToolResult => ({
    ...rest,
    events: calls.events,
    viewCommands: calls.viewCommands,
    localWrites: segments.localWrites(),
    durationMs: machine.now() - startedAt,
  })
  try {
    const value = await execute(request, { module, machine, calls, segments })
    return { result: finish({ success: true, value }), nextState: segments.base }
  } catch (error) {
    const failure = error instanceof RunFailure ? error : internalFailure(error)
    return { result: finish({ success: false, error: failure.toRunError() }), nextState: segments.base }
  }
}

const internalFailure = (error: unknown): RunFailure =>
  new RunFailure('INTERNAL_ERROR', error instanceof Error ? error.message : String(error))

/** The state of a run from one segment to the next. */
interface Segments {
  /** What the current segment started from. */
  readonly base: JsonObject
  /** Ends a segment; gives what the next one starts from. */
  commit(left: JsonObject, segment: { readonly isLast: boolean }): Promise<JsonObject>
  localWrites(): Record<string, Json>
}

const createSegments = ({ panel, state, commit }: RunRequest): Segments => {
  const locals = panel.states.filter(({ scope }) => scope === 'local').map(({ name }) => name)
  const writes: Record<string, Json> = {}
  let base = typeof state === 'function' ? state() : state
  return {
    get base() {
      return base
    },
    async commit(left, segment) {
      const next = (await commit?.(left, segment)) ?? left
      for (const name of locals) {
        const value = left[name]
        if (value !== undefined && JSON.stringify(value) !== JSON.stringify(base[name])) writes[name] = value
      }
      base = segment.isLast ? left : next
      return base
    },
    localWrites: () => writes,
  }
}

interface Run {
  readonly module: QuickJSWASMModule
  readonly machine: Machine
  readonly calls: HostCalls
  readonly segments: Segments
}

const execute = async (request: RunRequest, { module, machine, calls, segments }: Run): Promise<Json> => {
  const { panel, target } = request
  const { handler, args } = findHandler(panel, target)
  const { timeoutMs } = handler
  const engine = createEngine(module, { timeoutMs, now: machine.now }, calls.answer)
  const toSource = (error: GuestError): RunFailure => toFailure(error, handler)
  try {
    engine.boot(GUEST_SOURCE, guestSetup(panel, segments.base, args))
    engine.start(handler.code)
    for (;;) {
      engine.runJobs()
      engine.checkTime()
      const outcome = parseOutcome(engine.ask('outcome'))
      if (outcome?.error !== undefined) throw toSource(outcome.error)
      if (outcome !== null) {
        await segments.commit(readState(engine, panel, toSource), { isLast: true })
        return outcome.value ?? null
      }
      const waiting = calls.takeExtensionCalls()
      if (waiting.length === 0)
        throw new RunFailure('TIMEOUT', 'the handler waits for something that never happens')
      const left = readState(engine, panel, toSource)
      const next = await segments.commit(left, { isLast: false })
      if (next !== left) engine.tell('replaceState', JSON.stringify(next))
      await answerCalls(engine, waiting, request)
    }
  } finally {
    if (engine.dispose() === 'clean') machine.pool.giveBack(module)
  }
}

const findHandler = (
  panel: CompiledPanel,
  target: RunTarget,
): { handler: CompiledHandler; args: JsonObject } => {
  if ('lifecycle' in target) {
    const lifecycle = panel.lifecycles.find(({ on }) => on === target.lifecycle)
    if (lifecycle === undefined)
      throw new RunFailure('TOOL_NOT_FOUND', `there is no ${target.lifecycle} hook`)
    return { handler: lifecycle.handler, args: {} }
  }
  const tool = panel.tools.find(({ name }) => name === target.tool)
  if (tool === undefined) throw new RunFailure('TOOL_NOT_FOUND', `there is no tool "${target.tool}"`)
  return { handler: tool.handler, args: resolveArgs(tool, target.args, target.unknownArgs ?? 'drop') }
}

/** What the guest is told at its start; see `guest.ts`. */
const guestSetup = (panel: CompiledPanel, state: JsonObject, args: JsonObject): string =>
  JSON.stringify({
    state: Object.fromEntries(panel.states.map(({ name, default: value }) => [name, state[name] ?? value])),
    types: Object.fromEntries(panel.states.map(({ name, type }) => [name, type])),
    computedReads: statesBehindComputed(panel),
    args,
    viewIds: viewIdsOf(panel),
    extensions: panel.extensions.map(({ alias }) => alias),
    globals: [...HANDLER_GLOBALS],
    forbiddenMembers: [...FORBIDDEN_MEMBERS],
    maxNesting: MAX_NESTING,
    maxKeyLength: MAX_KEY_LENGTH,
    maxListLength: MAX_LIST_LENGTH,
    maxTextLength: MAX_TEXT_LENGTH,
  })

/** Computed value → the states it depends on, also through other computed values. */
const statesBehindComputed = ({ computed }: CompiledPanel): Record<string, string[]> => {
  const behind: Record<string, string[]> = {}
  for (const { name, reads } of computed) {
    behind[name] = [...new Set(reads.flatMap((read) => behind[read] ?? [read]))]
  }
  return behind
}

const viewIdsOf = ({ view }: CompiledPanel): string[] => {
  const ids: string[] = []
  const waiting = view === null ? [] : [view]
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node.id !== undefined) ids.push(node.id)
    waiting.push(...node.children)
  }
  return ids
}

interface GuestError {
  readonly code: string
  readonly name: string
  readonly message: string
  readonly stack: string
}

interface GuestOutcome {
  readonly value?: Json
  readonly error?: GuestError
}

interface GuestState {
  /** JSON text. */
  readonly state?: string
  readonly error?: GuestError
}

/** null while the handler has not come to its end. */
const parseOutcome = (text: string): GuestOutcome | null => (text === '' ? null : JSON.parse(text))

const readState = (
  engine: Engine,
  panel: CompiledPanel,
  toSource: (error: GuestError) => RunFailure,
): JsonObject => {
  const { error, state }: GuestState = JSON.parse(engine.ask('state'))
  if (error !== undefined) throw toSource(error)
  return parseLeftState(state ?? '', panel.states)
}

const toFailure = ({ code, name, message, stack }: GuestError, handler: CompiledHandler): RunFailure => {
  const known = RUN_ERROR_CODES.find((candidate): candidate is RunErrorCode => candidate === code)
  const fatal = fatalCode(name, message)
  const place = placeInSource(String(stack), handler)
  return new RunFailure(
    fatal ?? known ?? 'EXECUTION_ERROR',
    String(message).slice(0, MAX_MESSAGE_CHARACTERS),
    place,
  )
}

/** Makes the calls a segment ended with, all at once, and hands the answers in. */
const answerCalls = async (
  engine: Engine,
  waiting: readonly ExtensionCall[],
  request: RunRequest,
): Promise<void> => {
  const answers = await Promise.all(waiting.map((call) => callExtension(call, request)))
  for (const [index, call] of waiting.entries()) {
    engine.tell('answer', String(call.id), JSON.stringify(answers[index]))
  }
}
