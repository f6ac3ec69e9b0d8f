import type { DocumentName } from '@nexus/core'
import type { Random } from '@nexus/core/testkit'
import * as Y from 'yjs'
import { ClientConnection, FROM_SERVER } from './client-connection.ts'
import { makeEdit } from './edits.ts'
import type { ClientListener, SimulatedSocket } from './simulated-socket.ts'
import type { Trace } from './trace.ts'

/** As `y-protocols/awareness` does. */
const RENEW_PRESENCE_MS = 15_000
/** Close codes after which a client that did nothing wrong may come back. */
const PASSING = new Set([1001, 1006, 1011, 1012, 1013])

interface EditorParts {
  /** Also the user. */
  readonly name: string
  readonly document: DocumentName
  readonly random: Random
  readonly trace: Trace
  /** Opens a socket to a server, `place` if it can be. @returns `null` when there is none. */
  readonly reach: (place: number, client: ClientListener) => SimulatedSocket | null
  /** The server has told this editor that these keys are saved. */
  readonly onSaved: (editor: Editor, keys: readonly string[]) => void
  readonly onProblem: (problem: string) => void
}

/** One person with one document open, who edits whether or not there is a connection. */
export class Editor {
  readonly name: string
  readonly document: DocumentName
  doc: Y.Doc
  readonly #parts: EditorParts
  #place: number
  #connection: ClientConnection | null = null
  #socket: SimulatedSocket | null = null
  #isOnline = false
  #editCount = 0
  #keyCount = 0
  #presenceClock = 0
  /** Unsaved keys, with the number of their edit. */
  readonly #unsaved = new Map<string, number>()

  constructor(parts: EditorParts, place: number) {
    this.name = parts.name
    this.document = parts.document
    this.#parts = parts
    this.#place = place
    this.doc = this.#newDocument()
    setInterval(() => this.#showPresence(), RENEW_PRESENCE_MS)
  }

  get isOnline(): boolean {
    return this.#isOnline
  }

  /** All is acknowledged, and nothing waits. */
  get isSaved(): boolean {
    return this.#unsaved.size === 0 && (this.#connection?.isSaved ?? false)
  }

  /** Yjs clients this editor sees in its document. */
  get present(): ReadonlyMap<number, number> {
    return this.#connection?.present ?? new Map()
  }

  /** Edits, each in an update of its own, one right after the other. */
  edit(count: number): void {
    for (let edit = 0; edit < count; edit += 1) {
      const key = `${this.name}-${this.#keyCount}`
      this.#keyCount += 1
      this.#editCount += 1
      this.#unsaved.set(key, this.#editCount)
      makeEdit(this.doc, key, this.#parts.random)
    }
    this.#showPresence()
  }

  goOnline(): void {
    if (this.#isOnline) return
    this.#isOnline = true
    this.#connectSoon(10)
  }

  /** Closes the connection in good order. */
  goOffline(): void {
    this.#isOnline = false
    this.#drop()
  }

  /** As {@link goOffline} and {@link goOnline}, elsewhere. */
  moveTo(place: number): void {
    this.#place = place
    if (this.#connection === null) return
    this.#drop()
    this.#connectSoon(10)
  }

  /** Its network fails; it comes back by itself. */
  cut(how: { readonly serverNotices: boolean; readonly keepsSent: boolean }): void {
    this.#socket?.cut(how)
  }

  /** Closes the page and opens it again: what is not saved is gone, as everybody was told. */
  reload(): void {
    this.#drop()
    this.doc.destroy()
    this.#unsaved.clear()
    this.#editCount = 0
    this.doc = this.#newDocument()
    if (this.#isOnline) this.#connectSoon(10)
  }

  #newDocument(): Y.Doc {
    const doc = new Y.Doc()
    doc.clientID = 1 + this.#parts.random.below(2 ** 31)
    doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== FROM_SERVER && doc === this.doc) this.#connection?.sendUpdate(update)
    })
    return doc
  }

  #drop(): void {
    if (this.#parts.random.below(2) === 0) this.#connection?.leave()
    this.#socket?.clientClose()
    this.#connection = null
    this.#socket = null
  }

  #connectSoon(withinMs: number): void {
    setTimeout(() => {
      if (this.#isOnline && this.#connection === null) this.#connect()
    }, this.#parts.random.below(withinMs))
  }

  #connect(): void {
    const { name, document, trace, onProblem, reach } = this.#parts
    const socket = reach(this.#place, {
      onFrame: (bytes) => {
        if (connection === this.#connection) connection?.receive(bytes)
      },
      onClose: (code) => {
        if (socket === this.#socket) this.#onClose(code)
      },
    })
    if (socket === null) {
      this.#connectSoon(1_000)
      return
    }
    const { doc } = this
    const connection = new ClientConnection({
      socket,
      doc,
      address: document,
      user: name,
      lastEdit: () => this.#editCount,
      onSaved: (edit) => this.#saved(edit),
      onProblem: (problem) => onProblem(`${name} ${problem}`),
    })
    this.#socket = socket
    this.#connection = connection
    trace.add(`${name} connects`)
    connection.signIn()
    this.#showPresence()
    // Some type on while they are being connected.
    if (this.#editCount > 0 && this.#parts.random.below(3) === 0) this.edit(1)
  }

  #onClose(code: number): void {
    const { name, trace, onProblem } = this.#parts
    trace.add(`${name} is disconnected (${code})`)
    if (!PASSING.has(code)) onProblem(`${name} was sent away for good (${code})`)
    this.#connection = null
    this.#socket = null
    if (this.#isOnline) this.#connectSoon(1_000)
  }

  #showPresence(): void {
    this.#presenceClock += 1
    this.#connection?.showPresence(this.#presenceClock)
  }

  #saved(edit: number): void {
    const keys = [...this.#unsaved].filter(([, of]) => of <= edit).map(([key]) => key)
    for (const key of keys) this.#unsaved.delete(key)
    if (keys.length === 0) return
    this.#parts.trace.add(`${this.name} is told that ${keys.join(' ')} are saved`)
    this.#parts.onSaved(this, keys)
  }
}
