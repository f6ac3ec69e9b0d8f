import * as Y from 'yjs'
import type { Side } from '../sides/index.ts'
import { LeanClient } from './lean-client.ts'

/** Acknowledged keys by document, noted outside of both products. */
export class Ledger {
  readonly #keys = new Map<string, Set<string>>()

  note(document: string, key: string): void {
    const keys = this.#keys.get(document) ?? new Set<string>()
    this.#keys.set(document, keys.add(key))
  }

  get count(): number {
    return [...this.#keys.values()].reduce((sum, keys) => sum + keys.size, 0)
  }

  /** Opens every document with a client that knows nothing, and counts what is not there. */
  async countLost(side: Side): Promise<number> {
    let lost = 0
    for (const [document, keys] of this.#keys) {
      const state = await readState(side, document)
      for (const key of keys) if (!state.has(key)) lost += 1
    }
    return lost
  }
}

/** A document's state as somebody new sees it. */
export async function readState(side: Side, document: string, url = side.node.url): Promise<Y.Map<unknown>> {
  const doc = new Y.Doc()
  const client = await LeanClient.open({ url, token: side.token, document, doc })
  await client.close()
  return doc.getMap('state')
}

export interface Writer {
  /** Writes no more, and stays. */
  rest(): void
  /** Edits made, acknowledged or not. */
  readonly writtenCount: number
  /** Writes no more and leaves. What is acknowledged afterwards does not count. */
  stop(): Promise<void>
}

interface StartWriter {
  readonly side: Side
  readonly url: string
  readonly document: string
  readonly prefix: string
  readonly pauseMs: number
  readonly ledger: Ledger
}

/** Somebody who writes a new key again and again; acknowledged ones are noted in the ledger. */
export async function startWriter(options: StartWriter): Promise<Writer> {
  const { side, url, document, prefix, pauseMs, ledger } = options
  const client = await LeanClient.open({ url, token: side.token, document, doc: new Y.Doc() })
  let count = 0
  let isStopped = false
  const timer = setInterval(() => {
    if (!client.isOpen) return
    const key = `${prefix}n${count}`
    count += 1
    void client
      .edit((state) => state.set(key, count))
      .then(
        () => {
          if (!isStopped) ledger.note(document, key)
        },
        () => undefined,
      )
  }, pauseMs)
  return {
    get writtenCount() {
      return count
    },
    rest: () => clearInterval(timer),
    stop: async () => {
      isStopped = true
      clearInterval(timer)
      await client.close()
    },
  }
}
