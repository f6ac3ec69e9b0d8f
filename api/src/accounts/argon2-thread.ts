import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

export interface Argon2Task {
  readonly password: string
  /** What to compare it with; `null`: a new hash is wanted. */
  readonly hashed: string | null
}

/** The new hash, or whether the password is right. */
export type Argon2Answer = string | boolean

/** A thread with a low priority: while others hash, live editing does not wait for a core. */
export interface Argon2Thread {
  /** One task at a time. Rejects when the thread dies; the next task gets a new one. */
  run(task: Argon2Task): Promise<Argon2Answer>
  close(): Promise<void>
}

/** The thread begins with the first task, and does not keep the process from ending. */
export function createArgon2Thread(): Argon2Thread {
  let worker: Worker | null = null
  const begin = (): Worker => {
    const begun = new Worker(new URL('./argon2-worker.ts', import.meta.url), {
      // It reads nothing from them.
      env: {},
      execArgv: [],
    })
    begun.unref()
    begun.once('exit', () => {
      if (worker === begun) worker = null
    })
    return begun
  }
  return {
    run: async (task) => {
      worker ??= begin()
      const abort = new AbortController()
      const ended = once(worker, 'exit', { signal: abort.signal }).then(() => {
        throw new Error('The thread that hashes passwords has ended.')
      })
      worker.ref()
      worker.postMessage(task)
      try {
        const [answer] = await Promise.race([once(worker, 'message', { signal: abort.signal }), ended])
        return answer as Argon2Answer
      } finally {
        worker?.unref()
        abort.abort()
        ended.catch(() => undefined)
      }
    },
    close: async () => {
      await worker?.terminate()
    },
  }
}
