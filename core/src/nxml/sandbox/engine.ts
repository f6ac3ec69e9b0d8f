import {
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSRuntime,
  type QuickJSWASMModule,
  Scope,
} from 'quickjs-emscripten-core'
import { MAX_STACK_BYTES } from './run-limits.ts'
import { RunFailure } from './tool-result.ts'

/** One isolated JavaScript world with a clock, a memory limit and one function that calls out. */
export interface Engine {
  /** Evaluates trusted source to a function and calls it. */
  boot(source: string, setup: string): void
  /** Compiles the handler's body and starts it. */
  start(code: string): void
  /** Calls a member of what `boot` gave, with texts; gives text. */
  ask(name: 'outcome' | 'state'): string
  tell(name: 'replaceState' | 'answer', ...texts: string[]): void
  /** Goes on with whatever can go on. */
  runJobs(): void
  /** Throws once the time is used up: a handler's own `finally` can hide that it was interrupted. */
  checkTime(): void
  /** Frees everything. A broken instance must not be used for another run. */
  dispose(): 'clean' | 'broken'
}

interface EngineLimits {
  /** Own time of the whole run, in ms; waiting for the host does not count. */
  readonly timeoutMs: number
  now(): number
}

export const HANDLER_FILE = 'handler.js'
/** What stands before the handler's first character on its line. */
export const HANDLER_PREFIX = '(async function () { "use strict"; '

/**
 * @param callHost - Answers the engine with text. It must not throw.
 * All methods throw {RunFailure}: `TIMEOUT`, `MEMORY_LIMIT`, `RESOURCE_LIMIT` (stack) or `COMPILATION_ERROR`.
 */
export const createEngine = (
  module: QuickJSWASMModule,
  { timeoutMs, now }: EngineLimits,
  callHost: (kind: string, payload: string) => string,
): Engine => {
  const runtime = module.newRuntime()
  runtime.setMaxStackSize(MAX_STACK_BYTES)
  const clock = createClock(runtime, { timeoutMs, now })
  const context = runtime.newContext()
  let controller: QuickJSHandle | null = null
  let isBroken = false

  /** Runs inside the engine, on the run's own time, and turns its failures into ours. */
  const timed = <T>(work: () => T): T => {
    clock.start()
    try {
      return work()
    } catch (error) {
      if (error instanceof RunFailure) throw error
      isBroken = true
      throw escapedFailure(error)
    } finally {
      clock.stop()
    }
  }

  const unwrap = (
    result: ReturnType<QuickJSContext['evalCode']>,
    phase: 'compile' | 'run',
  ): QuickJSHandle => {
    if (result.error === undefined) return result.value
    const error = result.error.consume((handle) => dumpError(context, handle))
    throw toFailure(error, { isTimeout: clock.isOver(), phase, timeoutMs })
  }

  /** Calls a member of the controller; every handle on the way is given back, also after a failure. */
  const callController = (name: string, pass: (scope: Scope) => QuickJSHandle[]): string =>
    Scope.withScope((scope) => {
      if (controller === null) throw new RunFailure('INTERNAL_ERROR', 'the engine is not booted')
      const method = scope.manage(context.getProp(controller, name))
      const result = context.callFunction(method, context.undefined, ...pass(scope))
      const answer = scope.manage(unwrap(result, 'run'))
      return context.typeof(answer) === 'string' ? context.getString(answer) : ''
    })

  const evaluate = (scope: Scope, source: string, file: string, phase: 'compile' | 'run'): QuickJSHandle =>
    scope.manage(unwrap(context.evalCode(source, file), phase))

  const boot = (source: string, setup: string): void =>
    Scope.withScope((scope) => {
      const answer = (kind: QuickJSHandle, payload: QuickJSHandle): QuickJSHandle =>
        context.newString(callHost(context.getString(kind), context.getString(payload)))
      const host = scope.manage(context.newFunction('host', answer))
      const guest = evaluate(scope, source, 'sandbox.js', 'run')
      const setupText = scope.manage(context.newString(setup))
      controller = unwrap(context.callFunction(guest, context.undefined, host, setupText), 'run')
    })

  return {
    boot: (source, setup) => timed(() => boot(source, setup)),
    start: (code) => {
      timed(() =>
        callController('start', (scope) => [
          evaluate(scope, `${HANDLER_PREFIX}${code}\n})`, HANDLER_FILE, 'compile'),
        ]),
      )
    },
    ask: (name) => timed(() => callController(name, () => [])),
    tell: (name, ...texts) => {
      timed(() => callController(name, (scope) => texts.map((text) => scope.manage(context.newString(text)))))
    },
    runJobs: () =>
      timed(() => {
        const result = runtime.executePendingJobs()
        if (result.error === undefined) return
        const error = result.error.consume((handle) => dumpError(result.error.context, handle))
        throw toFailure(error, { isTimeout: clock.isOver(), phase: 'run', timeoutMs })
      }),
    checkTime: () => {
      if (clock.isOver()) throw timeoutFailure(timeoutMs)
    },
    dispose: () => {
      if (isBroken) return 'broken'
      controller?.dispose()
      context.dispose()
      runtime.dispose()
      return 'clean'
    },
  }
}

interface EngineError {
  readonly name: string
  readonly message: string
  readonly stack: string
}

/** Reads the three texts without running any of the handler's code. */
const dumpError = (context: QuickJSContext, handle: QuickJSHandle): EngineError => {
  const dumped: unknown = context.dump(handle)
  if (typeof dumped !== 'object' || dumped === null) return { name: '', message: String(dumped), stack: '' }
  const text = (value: unknown): string => (typeof value === 'string' ? value : '')
  return {
    name: 'name' in dumped ? text(dumped.name) : '',
    message: 'message' in dumped ? text(dumped.message) : '',
    stack: 'stack' in dumped ? text(dumped.stack) : '',
  }
}

const toFailure = (
  { name, message }: EngineError,
  { isTimeout, phase, timeoutMs }: { isTimeout: boolean; phase: 'compile' | 'run'; timeoutMs: number },
): RunFailure => {
  if (isTimeout) return timeoutFailure(timeoutMs)
  const fatal = fatalCode(name, message)
  if (fatal !== null)
    return new RunFailure(fatal, message === '' ? 'the handler needs too much memory' : message)
  if (phase === 'compile') return new RunFailure('COMPILATION_ERROR', message)
  return new RunFailure('INTERNAL_ERROR', `${name}: ${message}`)
}

/** What came out of the engine itself rather than out of its JavaScript: mostly the host's own stack running out. */
const escapedFailure = (error: unknown): RunFailure =>
  error instanceof RangeError
    ? new RunFailure('RESOURCE_LIMIT', 'the handler calls itself too deeply')
    : new RunFailure('INTERNAL_ERROR', error instanceof Error ? error.message : String(error))

export const timeoutFailure = (timeoutMs: number): RunFailure =>
  new RunFailure('TIMEOUT', `the handler took longer than ${timeoutMs} ms`)

/** Limits of the engine that reach a handler as ordinary errors. */
export const fatalCode = (name: string, message: string): 'MEMORY_LIMIT' | 'RESOURCE_LIMIT' | null => {
  if (message === 'out of memory' || (name === '' && message === 'null')) return 'MEMORY_LIMIT'
  return message === 'stack overflow' || message === 'Maximum call stack size exceeded'
    ? 'RESOURCE_LIMIT'
    : null
}

/** Interrupts the engine when its own time is used up; the time starts anew with each entry but is one account. */
const createClock = (runtime: QuickJSRuntime, { timeoutMs, now }: EngineLimits) => {
  let left = timeoutMs
  let startedAt = 0
  let isOver = false
  runtime.setInterruptHandler(() => {
    isOver ||= now() - startedAt > left
    return isOver
  })
  return {
    start: () => {
      startedAt = now()
    },
    stop: () => {
      left -= now() - startedAt
      isOver ||= left < 0
    },
    isOver: () => isOver,
  }
}
