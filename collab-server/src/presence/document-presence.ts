import { isDeepStrictEqual } from 'node:util'
import { type Connection, type Document, isTransactionOrigin, OutgoingMessage } from '@hocuspocus/server'
import type { DocumentName, Fanout, JsonObject, NodeId, PresenceMessage } from '@nexus/core'
import { applyAwarenessUpdate, encodeAwarenessUpdate, removeAwarenessStates } from 'y-protocols/awareness'
import { type AwarenessEntry, encodeAwareness, parseAwareness } from './awareness-entries.ts'
import { ClientUsers } from './client-users.ts'
import { GatheredClients } from './gathered-clients.ts'
import { type PresenceIdentity, shownUserId, toTrueState } from './identity.ts'
import { ReturnedTabs } from './returned-tabs.ts'

interface DocumentPresenceParts {
  readonly document: Document
  readonly name: DocumentName
  readonly fanout: Fanout
  readonly nodeId: NodeId
  /** Changes within this many ms go to the other processes together; in a crowded room, to everybody. */
  readonly delayMs: number
  /** Renewals within this many ms go to everybody together. */
  readonly renewalMs: number
}

interface Changes {
  readonly added: readonly number[]
  readonly updated: readonly number[]
  readonly removed: readonly number[]
}

/** Origin of what other processes told us; never told them back. */
const FROM_OTHERS = Object.freeze({ source: 'redis' as const })
/** Origin of what was taken in before, and is passed on now. */
const GATHERED = Object.freeze({ source: 'local' as const })
/** Awareness forgets who is not renewed for 30 s; who was renewed within this time needs nothing yet, ms. */
const FRESH_MS = 10_000
/** Client ids one connection may bring into a document. A tab has one, and makes a new one now and then. */
const MAX_CLIENTS_PER_CONNECTION = 16
/** Clients one user may show in a document, here and on other processes. */
const MAX_CLIENTS_PER_USER = 64
/** A presence message without entries: "I have just opened this document, who is there?" */
const HELLO: readonly AwarenessEntry[] = []
/** "I have tabs that came back, who is there, with clocks that nobody has heard?" Awareness itself takes no notice of it. */
const RAISE: readonly AwarenessEntry[] = [{ clientId: 0, clock: 0, state: null }]
const NOBODY: ReadonlySet<Connection> = new Set()

/** Who is in one document: of our own sockets, and as other processes tell. Nothing of it is stored. */
export class DocumentPresence {
  readonly #parts: DocumentPresenceParts
  /** Clients of our own sockets that are shown, or were until the removal is told. */
  readonly #local = new Set<number>()
  readonly #unpublished = new Set<number>()
  /** How many client ids each connection has brought: awareness remembers every one until the document is closed. */
  readonly #brought = new WeakMap<Connection, number>()
  /** Clients of other processes, by where they were last heard from. */
  readonly #others = new Map<NodeId, Set<number>>()
  /** Clients that said again what they show, and whom others must be told about before they take them for outdated. */
  readonly #renewed = new GatheredClients((clients) => {
    for (const client of clients) this.#unpublished.add(client)
    this.#passOn(clients)
    this.#publishSoon()
  })
  /** Clients whose newest place in a crowded room is yet to be told. */
  readonly #moved = new GatheredClients((clients) => {
    this.#movesToldAt = performance.now()
    this.#passOn(clients)
  })
  #movesToldAt = Number.NEGATIVE_INFINITY
  readonly #users = new ClientUsers()
  readonly #returned = new ReturnedTabs((connections) => {
    this.#raise(connections)
    // What has arrived here is told first: its old process shall not raise it any more.
    this.#publishNow()
    this.#publish(encodeAwareness(RAISE))
  })
  #isAskedToRaise = false
  #timer: NodeJS.Timeout | null = null

  constructor(parts: DocumentPresenceParts) {
    this.#parts = parts
    const { document } = parts
    document.awareness.on('update', (changes: Changes, origin: unknown) => this.#onChange(changes, origin))
    document.on('destroy', () => {
      this.#renewed.stop()
      this.#moved.stop()
      this.#returned.stop()
      this.#publishNow()
    })
  }

  /** Asks the other processes who is there. */
  sayHello(): void {
    this.#publish(encodeAwareness(HELLO))
  }

  /** Takes a presence message of a client. @returns `false` when it cannot be understood; nothing has changed then. */
  take(connection: Connection, identity: PresenceIdentity, bytes: Uint8Array): boolean {
    const entries = parseAwareness(bytes)
    if (entries === null) return false
    const { document } = this.#parts
    const own = document.getClients(connection)
    const isReturn = entries.some((entry) => this.#isReturn(entry))
    let room = MAX_CLIENTS_PER_USER - this.#users.shownCount(identity.userId)
    const news = entries.flatMap((entry) => {
      const state = this.#admit(identity, entry)
      const isMore = entry.state !== null && !document.awareness.states.has(entry.clientId)
      if (state === undefined || (isMore && room <= 0) || !this.#isKnown(entry, connection)) return []
      if (isMore) room -= 1
      if (state !== null) {
        this.#claim(entry.clientId, connection)
        this.#users.claim(entry.clientId, identity.userId)
      }
      const admitted = { ...entry, state }
      if (this.#isGathered(admitted)) return []
      return [
        this.#inOrder(admitted, { isOwner: own.has(entry.clientId), isArrival: this.#arrives(admitted) }),
      ]
    })
    if (news.length > 0) document.applyAwarenessUpdate(connection, encodeAwareness(news))
    this.#returned.heard(connection, isReturn)
    return true
  }

  /** Takes what another process said. */
  receive({ sender, awareness: message }: PresenceMessage): void {
    if (sender === this.#parts.nodeId) return
    const entries = parseAwareness(message)
    if (entries === null) return
    const isAskedToRaise = isDeepStrictEqual(entries, RAISE)
    this.#isAskedToRaise ||= isAskedToRaise
    if (isAskedToRaise || entries.length === 0) this.#publishAll()
    const theirs = this.#others.get(sender) ?? new Set()
    this.#others.set(sender, theirs)
    const news = entries
      .filter((entry) => this.#isTheirUsers(entry) && !this.#isOurs(entry))
      .map((entry) => this.#inOrder(entry, { isOwner: theirs.has(entry.clientId), isArrival: false }))
    applyAwarenessUpdate(this.#parts.document.awareness, encodeAwareness(news), FROM_OTHERS)
    for (const entry of news) this.#noteOwner(entry, theirs)
  }

  /** Tells the other processes who is here, and asks who is there. */
  meet(): void {
    this.#publishAll()
    this.sayHello()
  }

  /** Removes the clients of a process that is gone. */
  drop(node: NodeId): void {
    const theirs = this.#others.get(node)
    if (theirs === undefined) return
    this.#others.delete(node)
    removeAwarenessStates(this.#parts.document.awareness, [...theirs], FROM_OTHERS)
  }

  /**
   * Gives our clients higher clocks than anybody has heard, without an event, which would send everybody to everybody.
   * Who must know is told: the connections that `returned`, and each client's own, which takes its clock along when it
   * goes to another process.
   */
  #raise(returned: ReadonlySet<Connection>): void {
    const { awareness, connections } = this.#parts.document
    for (const client of this.#local) {
      const known = awareness.meta.get(client)
      if (known === undefined || !awareness.states.has(client)) continue
      awareness.meta.set(client, { ...known, clock: known.clock + 1 })
      this.#unpublished.add(client)
    }
    for (const [connection, { clients: own }] of [...connections]) {
      const told = returned.has(connection) ? this.#local : own
      const shown = [...told].filter((client) => awareness.states.has(client))
      if (shown.length === 0) continue
      const message = new OutgoingMessage(connection.messageAddress)
      connection.send(message.createAwarenessUpdateMessage(awareness, shown).toUint8Array())
    }
  }

  /** Whether the client was shown before, here or elsewhere: it has heard a clock of its own then, which is no first one. */
  #isReturn({ clientId, clock }: AwarenessEntry): boolean {
    return clock > 1 || this.#parts.document.awareness.meta.has(clientId)
  }

  /** Soon, so that many who ask at once are answered once. */
  #publishAll(): void {
    for (const client of this.#local) this.#unpublished.add(client)
    this.#publishSoon()
  }

  /** Takes in what need not be told at once: what is said again, and where somebody is now in a crowded room. */
  #isGathered({ clientId, clock, state }: AwarenessEntry): boolean {
    const { awareness, flushDelay } = this.#parts.document
    const shown = awareness.states.get(clientId)
    if (state === null || shown === undefined || !this.#local.has(clientId)) return false
    const isRenewal = isDeepStrictEqual(shown, state)
    if (!isRenewal && !flushDelay) return false
    // Without an event, which would send it on.
    const known = awareness.meta.get(clientId)?.clock ?? 0
    awareness.meta.set(clientId, { clock: Math.max(clock, known + 1), lastUpdated: Date.now() })
    awareness.states.set(clientId, state)
    if (isRenewal) this.#renewLater(clientId)
    else this.#moveSoon(clientId)
    return true
  }

  /**
   * Clients renew their presence every 15 to 18 s, each for itself, and forget others after 30 s. Passed on one by one
   * that is most of what idle people cost.
   */
  #renewLater(client: number): void {
    this.#renewed.add(client, this.#parts.renewalMs)
  }

  /** In a crowded room somebody moves all the time: told one by one, each of them to each, it is most of the writing. */
  #moveSoon(client: number): void {
    const { delayMs } = this.#parts
    this.#moved.add(client, Math.max(0, this.#movesToldAt + delayMs - performance.now()))
    this.#unpublished.add(client)
    this.#publishSoon()
  }

  /** To our own sockets. */
  #passOn(clients: readonly number[]): void {
    const { awareness } = this.#parts.document
    const updated = clients.filter((client) => awareness.states.has(client))
    if (updated.length > 0) awareness.emit('update', [{ added: [], updated, removed: [] }, GATHERED])
  }

  /**
   * Whether a client comes to this process: new, or from another one, which will soon say that it is gone there. It gets a
   * clock of its own, so that the other one learns that it is here, and its last word is an old one.
   */
  #arrives({ clientId, clock, state }: AwarenessEntry): boolean {
    // Awareness takes nothing with clock 0.
    if (state === null || clock === 0 || this.#local.has(clientId)) return false
    for (const theirs of this.#others.values()) theirs.delete(clientId)
    return true
  }

  /**
   * What a client may set: its own presence, under its own name, on a client id that is nobody else's.
   *
   * @returns The state to show (`null`: removed), or `undefined` when the entry is to be left out.
   */
  #admit(identity: PresenceIdentity, { clientId, state }: AwarenessEntry): JsonObject | null | undefined {
    if (!this.#users.mayShow(clientId, identity.userId)) return undefined
    if (state === null) return null
    return toTrueState(state, identity) ?? undefined
  }

  /** Whether another process says nothing else of whose the client is than we know; what is new is remembered. */
  #isTheirUsers({ clientId, state }: AwarenessEntry): boolean {
    const userId = shownUserId(state ?? undefined)
    if (userId === null) return true
    if (!this.#users.mayShow(clientId, userId)) return false
    this.#users.claim(clientId, userId)
    return true
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
  #inOrder(
    entry: AwarenessEntry,
    from: { readonly isOwner: boolean; readonly isArrival: boolean },
  ): AwarenessEntry {
    const { meta, states } = this.#parts.document.awareness
    const known = meta.get(entry.clientId)
    if (known === undefined || entry.clock > known.clock)
      return from.isArrival ? { ...entry, clock: entry.clock + 1 } : entry
    const shown = states.get(entry.clientId)
    if (entry.state === null) return from.isOwner ? { ...entry, clock: known.clock } : entry
    const isOutdated = Date.now() - known.lastUpdated > FRESH_MS
    const isNews = from.isArrival || (from.isOwner && (isOutdated || !isDeepStrictEqual(shown, entry.state)))
    return isNews || shown === undefined ? { ...entry, clock: known.clock + 1 } : entry
  }

  /**
   * Whether it is old news of a client that has come here from where the message is from. Where it says that the client is
   * gone, the others are told that it is not.
   */
  #isOurs({ clientId, clock, state }: AwarenessEntry): boolean {
    const known = this.#parts.document.awareness.meta.get(clientId)?.clock ?? 0
    if (!this.#local.has(clientId) || clock > known) return false
    if (state === null) {
      this.#unpublished.add(clientId)
      this.#publishSoon()
    }
    return true
  }

  /** A client is where it was last heard from. */
  #noteOwner({ clientId, clock, state }: AwarenessEntry, theirs: Set<number>): void {
    if (state === null) theirs.delete(clientId)
    else if (this.#parts.document.awareness.meta.get(clientId)?.clock === clock) {
      for (const clients of this.#others.values()) clients.delete(clientId)
      this.#letGo(clientId)
      theirs.add(clientId)
    }
  }

  /** The client is on another process now; its old connection here shall not remove it when it ends. */
  #letGo(clientId: number): void {
    if (!this.#local.delete(clientId)) return
    const { document } = this.#parts
    for (const connection of document.connections.keys()) document.getClients(connection).delete(clientId)
  }

  #onChange({ added, updated, removed }: Changes, origin: unknown): void {
    for (const client of [...added, ...updated]) this.#users.show(client)
    for (const client of removed) this.#users.hide(client)
    // What is gathered is told with the change.
    for (const client of [...updated, ...removed]) this.#renewed.delete(client)
    if (origin === FROM_OTHERS || origin === GATHERED) return
    if (isTransactionOrigin(origin) && origin.source === 'connection') {
      for (const client of [...added, ...updated]) this.#local.add(client)
    }
    for (const client of [...added, ...updated, ...removed]) {
      if (this.#local.has(client)) this.#unpublished.add(client)
    }
    for (const client of removed) this.#local.delete(client)
    this.#publishSoon()
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
    if (this.#isAskedToRaise) this.#raise(NOBODY)
    this.#isAskedToRaise = false
    const clients = [...this.#unpublished]
    this.#unpublished.clear()
    this.#publish(encodeAwarenessUpdate(this.#parts.document.awareness, clients))
  }

  #publish(awareness: Uint8Array): void {
    this.#parts.fanout.publishPresence({ document: this.#parts.name, sender: this.#parts.nodeId, awareness })
  }
}
