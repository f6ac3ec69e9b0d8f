import type { JsonObject } from '../../model/json.ts'
import { MAX_TIMEOUT_MS } from '../limits.ts'
import { timeoutFailure } from './engine.ts'
import { callNamed, type ExtensionCall, type Extensions } from './extensions.ts'
import type { RunOutcome, RunRequest } from './run-request.ts'
import type { FromThread } from './thread-messages.ts'
import type { ThreadPool } from './thread-pool.ts'
import { RunFailure } from './tool-result.ts'

/** Time an engine gets beyond the handler's own before its thread is ended, in ms. */
const GRACE_MS = 1_000

/** Runs a handler in a thread of its own; the thread is ended when the engine does not stop by itself. */
export const runInThread = async (request: RunRequest, pool: ThreadPool): Promise<RunOutcome> => {
  const thread = await pool.take()
  const state = typeof request.state === 'function' ? request.state() : request.state
  const { promise, resolve } = Promise.withResolvers<RunOutcome>()
  const startedAt = performance.now()
  let base = state
  let waitingCalls = 0
  const timeoutMs = timeoutOf(request)
  const watch = createWatch(timeoutMs + GRACE_MS, () => breakOff(timeoutFailure(timeoutMs)))

  const breakOff = (failure: RunFailure): void => {
    watch.stop()
    pool.discard(thread)
    const durationMs = performance.now() - startedAt
    const nothing = { events: [], viewCommands: [], localWrites: {}, durationMs }
    resolve({ result: { success: false, error: failure.toRunError(), ...nothing }, nextState: base })
  }

  const commit = async (left: JsonObject, isLast: boolean): Promise<void> => {
    watch.stop()
    try {
      const next = (await request.commit?.(left, { isLast })) ?? left
      base = isLast ? left : next
      thread.post({ type: 'committed', next })
    } catch (error) {
      thread.post({ type: 'refused', message: error instanceof Error ? error.message : String(error) })
    }
    watch.start()
  }

  const answer = async (call: ExtensionCall): Promise<void> => {
    watch.stop()
    waitingCalls += 1
    const answered = await callNamed(call, request.extensions ?? {})
    waitingCalls -= 1
    if (waitingCalls === 0) watch.start()
    thread.post({ type: 'answer', id: call.id, answer: answered })
  }

  const hear = (message: FromThread): void => {
    if (message.type === 'log') request.log?.(message.entry)
    else if (message.type === 'commit') void commit(message.left, message.isLast)
    else if (message.type === 'extension') void answer(message.call)
    else if (message.type === 'done') {
      watch.stop()
      pool.giveBack(thread)
      resolve(message.outcome)
    }
  }

  thread.hear(hear)
  thread.onBroken((reason) => breakOff(new RunFailure('INTERNAL_ERROR', reason)))
  watch.start()
  const { panel, target, extensions = {} } = request
  thread.post({ type: 'run', panel, target, state, offered: methodNames(extensions) })
  return promise
}

const timeoutOf = ({ panel, target }: RunRequest): number => {
  const handler =
    'lifecycle' in target
      ? panel.lifecycles.find(({ on }) => on === target.lifecycle)?.handler
      : panel.tools.find(({ name }) => name === target.tool)?.handler
  return handler?.timeoutMs ?? MAX_TIMEOUT_MS
}

const methodNames = (extensions: Extensions): Record<string, string[]> =>
  Object.fromEntries(Object.entries(extensions).map(([name, methods]) => [name, Object.keys(methods)]))

/** Calls `ring` when `start` was not followed by `stop` in time. */
const createWatch = (ms: number, ring: () => void) => {
  let timer: ReturnType<typeof setTimeout> | undefined
  const stop = (): void => clearTimeout(timer)
  return {
    stop,
    start: () => {
      stop()
      timer = setTimeout(ring, ms)
    },
  }
}
