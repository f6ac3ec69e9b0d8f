import { createEnginePool, type EngineOptions } from './engine-pool.ts'
import { runHandler } from './run-handler.ts'
import { runInThread } from './run-in-thread.ts'
import type { RunOutcome, RunRequest } from './run-request.ts'
import { createThreadPool } from './thread-pool.ts'

/** Runs handlers, each in an engine of its own that is thrown away afterwards. */
export interface Sandbox {
  /** Never rejects because of what a handler does: that is in `result`. */
  run(request: RunRequest): Promise<RunOutcome>
  /** Ends the threads that wait for work. Runs under way come to their end. */
  close(): Promise<void>
}

interface SandboxOptions extends EngineOptions {
  /**
   * `own` (the default): beside the caller's thread, so that nothing a handler does holds the caller up, and a run that
   * cannot be interrupted is ended with its thread. `same`: in the caller's thread, where one long operation of the
   * engine, such as a search in a text of megabytes, is only interrupted between operations.
   */
  readonly thread?: 'own' | 'same'
  /** ms, growing; for tests, and only in the same thread. */
  readonly now?: () => number
}

/** Loads the engine (about 500 KB) and gives the sandbox. */
export const createSandbox = async (options: SandboxOptions = {}): Promise<Sandbox> => {
  const threads =
    options.thread === 'same' || options.now !== undefined ? null : await createThreadPool(options)
  if (threads !== null)
    return { run: (request) => runInThread(request, threads), close: () => threads.close() }
  const pool = await createEnginePool(options)
  const now = options.now ?? (() => performance.now())
  return { run: (request) => runHandler(request, { pool, now }), close: async () => {} }
}
