import type { EngineOptions } from './engine-pool.ts'
import type { FromThread, ToThread } from './thread-messages.ts'
import { startThread, type Thread } from './worker-host.ts'

/** A thread that is ready for a run. */
interface SandboxThread {
  post(message: ToThread): void
  /** Replaces the one who hears; a thread serves one run at a time. */
  hear(listener: (message: FromThread) => void): void
  /** Replaces the one who is told that the thread broke. */
  onBroken(listener: (reason: string) => void): void
}

/** Threads for runs, at most a few of them waiting. */
export interface ThreadPool {
  take(): Promise<SandboxThread>
  /** For a thread whose run came to its end. */
  giveBack(thread: SandboxThread): void
  /** Ends a thread whatever it is doing. */
  discard(thread: SandboxThread): void
  close(): Promise<void>
}

/** Threads kept for the next run. */
const MAX_IDLE = 2

type OurThread = Thread<FromThread, ToThread>

/** Starts a first thread; null where the host has none. Rejects when the engine cannot be loaded there. */
export const createThreadPool = async ({ loadWasm }: EngineOptions): Promise<ThreadPool | null> => {
  const wasm = (await loadWasm?.()) ?? null
  const threads = new Map<SandboxThread, OurThread>()
  const idle: SandboxThread[] = []
  let isClosed = false

  const begin = async (): Promise<SandboxThread | null> => {
    const thread = startThread<FromThread, ToThread>()
    if (thread === null) return null
    const { sandboxThread, ready } = prepare(thread)
    threads.set(sandboxThread, thread)
    thread.post({ type: 'init', wasm })
    await ready
    return sandboxThread
  }

  const discard = (sandboxThread: SandboxThread): void => {
    const thread = threads.get(sandboxThread)
    threads.delete(sandboxThread)
    void thread?.end()
  }

  const giveBack = (sandboxThread: SandboxThread): void => {
    if (isClosed || idle.length >= MAX_IDLE) {
      discard(sandboxThread)
      return
    }
    threads.get(sandboxThread)?.keepAlive(false)
    idle.push(sandboxThread)
  }

  const first = await begin()
  if (first === null) return null
  giveBack(first)
  return {
    take: async () => {
      const sandboxThread = idle.pop() ?? (await begin())
      if (sandboxThread === null) throw new Error('this host has no threads')
      threads.get(sandboxThread)?.keepAlive(true)
      return sandboxThread
    },
    giveBack,
    discard,
    close: async () => {
      isClosed = true
      await Promise.all(idle.splice(0).map((sandboxThread) => threads.get(sandboxThread)?.end()))
    },
  }
}

const prepare = (thread: OurThread): { sandboxThread: SandboxThread; ready: Promise<void> } => {
  const { promise: ready, resolve, reject } = Promise.withResolvers<void>()
  let hear = (message: FromThread): void => {
    if (message.type === 'ready') resolve()
    if (message.type === 'failed') reject(new Error(message.message))
  }
  let onBroken = (reason: string): void => reject(new Error(reason))
  thread.listen((message) => hear(message))
  thread.onBroken((reason) => onBroken(reason))
  const sandboxThread: SandboxThread = {
    post: (message) => thread.post(message),
    hear: (listener) => {
      hear = listener
    },
    onBroken: (listener) => {
      onBroken = listener
    },
  }
  return { sandboxThread, ready }
}
