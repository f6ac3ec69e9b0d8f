import type { Connection } from '@hocuspocus/server'

/** Tabs that come back within this many ms are told together who is there. */
const GATHER_MS = 250

/**
 * Connections of tabs that were in the document before.
 *
 * A tab whose socket breaks hides everybody and keeps their clocks (HocuspocusProvider 4.7, `onClose`): it ignores who
 * is there until they have higher ones.
 */
export class ReturnedTabs {
  readonly #onReturned: (connections: ReadonlySet<Connection>) => void
  readonly #heard = new WeakSet<Connection>()
  #gathered = new Set<Connection>()
  #timer: NodeJS.Timeout | null = null

  constructor(onReturned: (connections: ReadonlySet<Connection>) => void) {
    this.#onReturned = onReturned
  }

  /** Each connection counts once. @param isReturn - Whether its tab may have been in the document before. */
  heard(connection: Connection, isReturn: boolean): void {
    if (this.#heard.has(connection)) return
    this.#heard.add(connection)
    if (!isReturn) return
    this.#gathered.add(connection)
    this.#timer ??= setTimeout(() => this.#tell(), GATHER_MS)
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
  }

  #tell(): void {
    const returned = this.#gathered
    this.#gathered = new Set()
    this.#timer = null
    this.#onReturned(returned)
  }
}
