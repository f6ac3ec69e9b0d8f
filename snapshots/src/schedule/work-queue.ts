interface WorkQueue<Key, Reason> {
  /** Asks for work on `key`. Asked again before it begins: once is enough. Asked while it is under way: once more after it. */
  add(key: Key, reason: Reason): void
  /** Resolves when nothing waits for `key` and nothing is under way on it. */
  settled(key: Key): Promise<void>
  /** Resolves when nothing waits and nothing is under way. */
  idle(): Promise<void>
  /** Takes nothing more, forgets what waits, and resolves when what is under way has ended. */
  close(): Promise<void>
}

interface WorkQueueOptions<Key, Reason> {
  /** Keys worked on at the same time; never two at once on one key. */
  readonly concurrency: number
  /** Must not reject. */
  readonly run: (key: Key, reason: Reason) => Promise<void>
  /** Of two reasons for one piece of work, the one that asks for more. */
  readonly stronger: (a: Reason, b: Reason) => Reason
}

export function createWorkQueue<Key, Reason>(options: WorkQueueOptions<Key, Reason>): WorkQueue<Key, Reason> {
  const waiting = new Map<Key, Reason>()
  const running = new Set<Key>()
  let isClosed = false
  let idlers: (() => void)[] = []
  let settlers: { readonly key: Key; readonly wake: () => void }[] = []

  const wakeSettled = (): void => {
    const isSettled = ({ key }: { readonly key: Key }): boolean => !running.has(key) && !waiting.has(key)
    const settled = settlers.filter(isSettled)
    settlers = settlers.filter((each) => !isSettled(each))
    for (const { wake } of settled) wake()
  }

  const next = (): [Key, Reason] | null => {
    if (running.size >= options.concurrency) return null
    for (const entry of waiting) if (!running.has(entry[0])) return entry
    return null
  }
  const advance = (): void => {
    for (let entry = next(); entry !== null; entry = next()) {
      const [key, reason] = entry
      waiting.delete(key)
      running.add(key)
      void options.run(key, reason).finally(() => {
        running.delete(key)
        advance()
        wakeSettled()
      })
    }
    if (running.size > 0 || waiting.size > 0) return
    for (const wake of idlers) wake()
    idlers = []
  }
  const idle = (): Promise<void> =>
    new Promise((resolve) => {
      idlers.push(resolve)
      advance()
    })

  return {
    add: (key, reason) => {
      if (isClosed) return
      const known = waiting.get(key)
      waiting.set(key, known === undefined ? reason : options.stronger(known, reason))
      advance()
    },
    settled: (key) =>
      new Promise((resolve) => {
        settlers.push({ key, wake: resolve })
        wakeSettled()
      }),
    idle,
    close: () => {
      isClosed = true
      waiting.clear()
      wakeSettled()
      return idle()
    },
  }
}
