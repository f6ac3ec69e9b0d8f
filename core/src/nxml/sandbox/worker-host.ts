/** One end of a line between two threads. */
export interface Port<In, Out> {
  post(message: Out): void
  listen(listener: (message: In) => void): void
}

/** A thread of our own, in a browser or in Node. */
export interface Thread<In, Out> extends Port<In, Out> {
  /** Told once when the thread breaks or cannot be started. */
  onBroken(listener: (reason: string) => void): void
  /** Whether the thread keeps the process alive. */
  keepAlive(isNeeded: boolean): void
  /** Ends the thread at once, whatever it is doing. */
  end(): Promise<void>
}

interface WebWorker {
  postMessage(message: unknown): void
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void
  addEventListener(type: 'error', listener: (event: { readonly message?: string }) => void): void
  terminate(): void
}

interface NodeWorker {
  postMessage(message: unknown): void
  on(event: 'message', listener: (message: unknown) => void): void
  on(event: 'error', listener: (error: unknown) => void): void
  on(event: 'exit', listener: (code: number) => void): void
  ref(): void
  unref(): void
  terminate(): Promise<number>
}

interface NodeThreads {
  readonly Worker: new (url: URL) => NodeWorker
  readonly parentPort: Pick<NodeWorker, 'postMessage' | 'on'> | null
}

/** The browser's; undefined in Node. */
declare const Worker: undefined | (new (url: URL, options: { type: 'module' }) => WebWorker)

/** Node's threads without importing them, so that a browser's bundler does not look for them. */
const nodeThreads = (): NodeThreads | null => {
  const host: unknown = Reflect.get(globalThis, 'process')
  if (typeof host !== 'object' || host === null || !('getBuiltinModule' in host)) return null
  if (typeof host.getBuiltinModule !== 'function') return null
  const module: unknown = host.getBuiltinModule('node:worker_threads')
  return isNodeThreads(module) ? module : null
}

const isNodeThreads = (module: unknown): module is NodeThreads =>
  typeof module === 'object' && module !== null && 'Worker' in module && 'parentPort' in module

/** A variable, because a bundler would take a literal for a file of the page. */
const NODE_ENTRY = './thread.ts'

/** Starts a sandbox thread; null where there are no threads. Messages are trusted: both ends are this code. */
export const startThread = <In, Out>(): Thread<In, Out> | null => {
  const threads = nodeThreads()
  if (threads !== null) return toNodeThread(new threads.Worker(new URL(NODE_ENTRY, import.meta.url)))
  if (typeof Worker === 'undefined') return null
  return toWebThread(new Worker(new URL('./thread.ts', import.meta.url), { type: 'module' }))
}

const toNodeThread = <In, Out>(worker: NodeWorker): Thread<In, Out> => ({
  post: (message) => worker.postMessage(message),
  listen: (listener) => worker.on('message', (message) => listener(message as In)),
  onBroken: (listener) => {
    worker.on('error', (error) => listener(String(error)))
    worker.on('exit', (code) => listener(`the thread ended with ${code}`))
  },
  keepAlive: (isNeeded) => (isNeeded ? worker.ref() : worker.unref()),
  end: async () => {
    await worker.terminate()
  },
})

const toWebThread = <In, Out>(worker: WebWorker): Thread<In, Out> => ({
  post: (message) => worker.postMessage(message),
  listen: (listener) => worker.addEventListener('message', ({ data }) => listener(data as In)),
  onBroken: (listener) =>
    worker.addEventListener('error', ({ message }) => listener(message ?? 'the thread broke')),
  keepAlive: () => {},
  end: async () => worker.terminate(),
})

/** The line to the thread that started this one. */
export const parentPort = <In, Out>(): Port<In, Out> => {
  const node = nodeThreads()?.parentPort ?? null
  if (node !== null) {
    return {
      post: (message) => node.postMessage(message),
      listen: (listener) => node.on('message', (message) => listener(message as In)),
    }
  }
  const self = globalThis as unknown as WebWorker
  return {
    post: (message) => self.postMessage(message),
    listen: (listener) => self.addEventListener('message', ({ data }) => listener(data as In)),
  }
}
