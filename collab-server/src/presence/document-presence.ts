import { isDeepStrictEqual } from 'node:util'
import { type Connection, type Document, isTransactionOrigin } from '@hocuspocus/server'
import type { DocumentName, Fanout, JsonObject, NodeId, PresenceMessage } from '@nexus/core'
import { applyAwarenessUpdate, encodeAwarenessUpdate, removeAwarenessStates } from 'y-protocols/awareness'
import { type AwarenessEntry, encodeAwareness, parseAwareness } from './awareness-entries.ts'
import { type PresenceIdentity, shownUserId, toTrueState } from './identity.ts'

interface DocumentPresenceParts {
  readonly document: Document
  readonly name: DocumentName
  readonly fanout: Fanout
  readonly nodeId: NodeId
  /** Changes within this many ms go to the other processes together. */
  readonly delayMs: number
  readonly now: () => number
}

interface Changes {
  readonly added: readonly number[]
  readonly updated: readonly number[]
  readonly removed: readonly number[]
}

/** Origin of what other processes told us; never told them back. */
const FROM_OTHERS = Object.freeze({ source: 'redis' as const })
/** Client ids one connection may bring into a document. A tab has one, and makes a new one now and then. */
const MAX_CLIENTS_PER_CONNECTION = 16
/** A presence message without entries: "I have just opened this document, who is there?" */
const HELLO: readonly AwarenessEntry[] = []

/** Who is in one document: of our own sockets, and as other processes tell. Nothing of it is stored. */
export class DocumentPresence {
  readonly #parts: DocumentPresenceParts
  /** Clients of our own sockets that are shown, or were until the removal is told. */
  readonly #local = new Set<number>()
  readonly #unpublished = new Set<number>()
  /** How many client ids each connection has brought: awareness remembers every one until the document is closed. */
  readonly #brought = new WeakMap<Connection, number>()
  readonly #others = new Map<NodeId, { readonly clients: Set<number>; heardAt: number }>()
  #timer: NodeJS.Timeout | null = null

  constructor(parts: DocumentPresenceParts) {
    this.#parts = parts
    const { document } = parts
    document.awareness.on('update', (changes: Changes, origin: unknown) => this.#onChange(changes, origin))
    document.on('destroy', () => this.#publishNow())
  }

  /** Asks the other processes who is there. */
  sayHello(): void {
    this.#publish(encodeAwareness(HELLO))
  }

  /** Takes a presence message of a client. @returns `false` when it cannot be understood; nothing has changed then. */
  take(connection: Connection, identity: PresenceIdentity, bytes: Uint8Array): boolean {
    const entries = parseAwareness(bytes)
    if (entries === null) return false
    const own = this.#parts.document.getClients(connection)
    const admitted = entries.flatMap((entry) => {
      const state = this.#admit(identity, entry)
      if (state === undefined || !this.#isKnown(entry, connection)) return []
      if (state !== null) this.#claim(entry.clientId, connection)
      return [this.#inOrder({ ...entry, state }, own.has(entry.clientId))]
    })
    if (admitted.length > 0) this.#parts.document.applyAwarenessUpdate(connection, encodeAwareness(admitted))
    return true
  }

  /** Takes what another process said. */
  receive({ sender, awareness: message }: PresenceMessage): void {
    if (sender === this.#parts.nodeId) return
    const entries = parseAwareness(message)
    if (entries === null) return
    if (entries.length === 0) this.publishAll()
    const other = this.#heardFrom(sender)
    const ordered = entries.map((entry) => this.#inOrder(entry, other.clients.has(entry.clientId)))
    applyAwarenessUpdate(this.#parts.document.awareness, encodeAwareness(ordered), FROM_OTHERS)
    for (const entry of ordered) this.#noteOwner(entry, other.clients)
  }

  /** Tells the other processes about all of our own clients; nothing when there are none. */
  publishAll(): void {
    for (const client of this.#local) this.#unpublished.add(client)
    this.#publishNow()
  }

  /** Removes the clients of processes not heard since `before`. */
  dropSilent(before: number): void {
    for (const [nodeId, other] of this.#others) {
      if (other.heardAt >= before) continue
      this.#others.delete(nodeId)
      const gone = [...other.clients].filter((client) => !this.#local.has(client))
      removeAwarenessStates(this.#parts.document.awareness, gone, FROM_OTHERS)
    }
  }

  /**
   * What a client may set: its own presence, under its own name, on a client id that shows nobody else.
   *
   * @returns The state to show (`null`: removed), or `undefined` when the entry is to be left out.
   */
  #admit(identity: PresenceIdentity, { clientId, state }: AwarenessEntry): JsonObject | null | undefined {
    const shown = shownUserId(this.#parts.document.awareness.getStates().get(clientId))
    if (shown !== null && shown !== identity.userId) return undefined
    if (state === null) return null
    return toTrueState(state, identity) ?? undefined
  }

  /** Whether the client is one the document has heard of, or one more that the connection may bring. */
  #isKnown({ clientId, state }: AwarenessEntry, connection: Connection): boolean {
    if (this.#parts.document.awareness.meta.has(clientId)) return true
    const brought = this.#brought.get(connection) ?? 0
    if (state === null || brought >= MAX_CLIENTS_PER_CONNECTION) return false
    this.#brought.set(connection, brought + 1)
    return true
  }

  /**
   * Awareness takes only what has a higher clock than it knows, and remembers the clocks of those who left. Somebody
   * who comes back has the clock they left with, and would stay invisible until they move. So what comes from where a
   * client is now, or from a client nobody sees, is given the clock it needs.
   */
  #inOrder(entry: AwarenessEntry, isOwner: boolean): AwarenessEntry {
    const { meta, states } = this.#parts.document.awareness
    const known = meta.get(entry.clientId)?.clock
    if (known === undefined || entry.clock > known) return entry
    const shown = states.get(entry.clientId)
    if (entry.state === null) return isOwner ? { ...entry, clock: known } : entry
    const isNew = shown === undefined || (isOwner && !isDeepStrictEqual(shown, entry.state))
    return isNew ? { ...entry, clock: known + 1 } : entry
  }

  #heardFrom(sender: NodeId) {
    const other = this.#others.get(sender) ?? { clients: new Set<number>(), heardAt: 0 }
    this.#others.set(sender, other)
    other.heardAt = this.#parts.now()
    return other
  }

  /** A client is where it was last heard from. */
  #noteOwner({ clientId, clock, state }: AwarenessEntry, clients: Set<number>): void {
    if (state === null) clients.delete(clientId)
    else if (this.#parts.document.awareness.meta.get(clientId)?.clock === clock) {
      for (const other of this.#others.values()) other.clients.delete(clientId)
      clients.add(clientId)
    }
  }

  #onChange({ added, updated, removed }: Changes, origin: unknown): void {
    if (origin === FROM_OTHERS) return
    if (isTransactionOrigin(origin) && origin.source === 'connection') {
      for (const client of [...added, ...updated]) this.#local.add(client)
    }
    for (const client of [...added, ...updated, ...removed]) {
      if (this.#local.has(client)) this.#unpublished.add(client)
    }
    for (const client of removed) this.#local.delete(client)
    // A leave is told at once: with the last client the document, and this object, may go.
    if (removed.length > 0) this.#publishNow()
    else this.#publishSoon()
  }

  /**
   * A client belongs to the connection it was last heard on. Hocuspocus would leave it with the one it was *first*
   * heard on, and remove it when that one ends: an old socket would take a reconnected client with it, and the new one
   * would leave a ghost.
   */
  #claim(client: number, connection: Connection): void {
    const { document } = this.#parts
    const own = document.getClients(connection)
    if (own.has(client)) return
    for (const other of document.connections.keys()) document.getClients(other).delete(client)
    own.add(client)
  }

  #publishSoon(): void {
    if (this.#unpublished.size === 0) return
    this.#timer ??= setTimeout(() => this.#publishNow(), this.#parts.delayMs)
  }

  #publishNow(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    if (this.#unpublished.size === 0) return
    const clients = [...this.#unpublished]
    this.#unpublished.clear()
    this.#publish(encodeAwarenessUpdate(this.#parts.document.awareness, clients))
  }

  #publish(awareness: Uint8Array): void {
    this.#parts.fanout.publishPresence({ document: this.#parts.name, sender: this.#parts.nodeId, awareness })
  }
}
