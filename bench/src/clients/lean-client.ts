import * as encoding from 'lib0/encoding'
import WebSocket from 'ws'
import * as Y from 'yjs'
import { frame, PONG_FRAME, parseServerFrame, STEP, TYPE } from './frames.ts'

export interface OpenLeanClient {
  /** Origin of the server. */
  readonly url: string
  readonly token: string
  readonly document: string
  /** Is kept equal to the server's, and its edits are sent. Absent: updates are only counted. */
  readonly doc?: Y.Doc
  /** What the client has already, when it has no `doc` here; nothing by default. */
  readonly stateVector?: Uint8Array
  readonly presence?: Presence
  /** Each edit of others, or several merged ones, as it arrives; the opening answer is not among them. */
  readonly onUpdate?: (update: Uint8Array) => void
}

interface Presence {
  readonly clientId: number
  /** The state shown after `moves` movements of the cursor. */
  readonly stateAt: (moves: number) => unknown
}

/** Clients repeat their presence at this pace, ms (y-protocols: half of its 30 s). */
const PRESENCE_RENEWAL_MS = 15_000
const EMPTY_STATE_VECTOR = Uint8Array.of(0)
const EMPTY_UPDATE = Uint8Array.of(0, 0)
/** No server here needs as long, outages of the scenarios included, ms. */
const ACK_TIMEOUT_MS = 40_000
/** Acknowledged edits are forgotten so many at a time: taking each from the front of a long list would cost more. */
const FORGOTTEN_TOGETHER = 1_000
/** Versions are said like the provider does. */
const PROVIDER_VERSION = '4.7.0'

/**
 * The smallest client that takes part as `HocuspocusProvider` does: signs in, exchanges states, counts acks, answers
 * pings, renews its presence. Hundreds of them fit into one process, which the provider's do not.
 */
export class LeanClient {
  readonly #ws: WebSocket
  readonly #options: OpenLeanClient
  readonly #waitingForAck: PromiseWithResolvers<void>[] = []
  #nextAck = 0
  #ackCount = 0
  #watchdog: NodeJS.Timeout | null = null
  #lastSent: Promise<void> = Promise.resolve()
  #moves = 0
  #presenceClock = 0
  #renewal: NodeJS.Timeout | null = null
  /** The server's state is here. @throws (rejects) When the socket ends before. */
  readonly synced: Promise<void>
  /** In both directions: from now on every ack is one of an edit. */
  readonly settled: Promise<void>
  readonly closed: Promise<void>
  openingBytes = 0
  framesReceived = 0
  presenceFramesReceived = 0

  constructor(options: OpenLeanClient) {
    this.#options = options
    const url = `${options.url.replace(/^http/, 'ws')}/collab`
    this.#ws = new WebSocket(url, { perMessageDeflate: false })
    this.closed = new Promise((resolve) => this.#ws.once('close', () => resolve()))
    const synced = Promise.withResolvers<void>()
    const settled = Promise.withResolvers<void>()
    const gone = new Error(`the socket of ${options.document} ended before it was synced`)
    this.#ws.on('error', () => undefined)
    this.#ws.once('open', () => this.#greet())
    this.#ws.on('message', (data: Buffer) => this.#receive(data, synced.resolve))
    this.#ws.once('close', () => {
      if (this.#renewal !== null) clearInterval(this.#renewal)
      synced.reject(gone)
      this.#giveUp(gone)
    })
    this.synced = synced.promise
    this.settled = settled.promise
    synced.promise.catch(() => undefined)
    settled.promise.catch(() => undefined)
    this.#waitingForAck.push(settled)
    options.doc?.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== this) this.#lastSent = this.send(update)
    })
  }

  /** Resolves when the client is synced in both directions. */
  static async open(options: OpenLeanClient): Promise<LeanClient> {
    const client = new LeanClient(options)
    await Promise.all([client.synced, client.settled])
    return client
  }

  /** Sends an edit. Resolves when it is acknowledged. @throws (rejects) When the socket ends before. */
  send(update: Uint8Array): Promise<void> {
    this.#ws.send(frame(this.#options.document, TYPE.sync, STEP.update, update))
    const acknowledged = Promise.withResolvers<void>()
    // Whoever does not wait for it need not care.
    acknowledged.promise.catch(() => undefined)
    this.#waitingForAck.push(acknowledged)
    this.#watchdog ??= this.#watchAcks()
    return acknowledged.promise
  }

  /** Changes the document and sends the edit. Resolves when it is acknowledged, as {@link send}. */
  edit(change: (state: Y.Map<unknown>) => void): Promise<void> {
    const { doc } = this.#options
    if (doc === undefined) throw new Error('this client has no document')
    doc.transact(() => change(doc.getMap('state')))
    return this.#lastSent
  }

  get isOpen(): boolean {
    return this.#ws.readyState === WebSocket.OPEN
  }

  moveCursor(): void {
    this.#moves += 1
    this.#sendPresence()
  }

  async close(): Promise<void> {
    if (this.#ws.readyState === WebSocket.CLOSED) return
    this.#ws.close()
    await this.closed
  }

  #greet(): void {
    const { document, token, doc, stateVector, presence } = this.#options
    this.#ws.send(frame(document, TYPE.auth, 0, token, PROVIDER_VERSION))
    const known = doc === undefined ? (stateVector ?? EMPTY_STATE_VECTOR) : Y.encodeStateVector(doc)
    this.#ws.send(frame(document, TYPE.sync, STEP.stateVector, known))
    if (presence === undefined) return
    this.#sendPresence()
    this.#renewal = setInterval(() => this.#sendPresence(), PRESENCE_RENEWAL_MS)
  }

  #receive(data: Buffer, onSynced: () => void): void {
    this.framesReceived += 1
    const said = parseServerFrame(data)
    switch (said.kind) {
      case 'update':
        this.#take(said.bytes)
        this.#options.onUpdate?.(said.bytes)
        return
      case 'ack':
        this.#acknowledge()
        return
      case 'awareness':
        this.presenceFramesReceived += 1
        return
      case 'answer':
        this.openingBytes = said.bytes.byteLength
        this.#take(said.bytes)
        onSynced()
        return
      case 'stateVector':
        this.#answer(said.bytes)
        return
      case 'ping':
        this.#ws.send(PONG_FRAME)
        return
      case 'refused':
        this.#ws.close()
        return
      default:
    }
  }

  /** Acks come in the order of the edits. */
  #acknowledge(): void {
    this.#waitingForAck[this.#nextAck]?.resolve()
    this.#nextAck += 1
    this.#ackCount += 1
    if (this.#nextAck < FORGOTTEN_TOGETHER) return
    this.#waitingForAck.splice(0, this.#nextAck)
    this.#nextAck = 0
  }

  #giveUp(reason: Error): void {
    for (const waiting of this.#waitingForAck.splice(this.#nextAck)) waiting.reject(reason)
  }

  #watchAcks(): NodeJS.Timeout {
    const countNow = this.#ackCount
    return setTimeout(() => this.#checkAcks(countNow), ACK_TIMEOUT_MS).unref()
  }

  /** A bench that waits for ever says nothing; one that fails says where. */
  #checkAcks(countBefore: number): void {
    this.#watchdog = null
    const waitingCount = this.#waitingForAck.length - this.#nextAck
    if (waitingCount === 0) return
    if (this.#ackCount === countBefore) {
      const { document } = this.#options
      this.#giveUp(
        new Error(`${waitingCount} edits of ${document} were not acknowledged for ${ACK_TIMEOUT_MS} ms`),
      )
    } else this.#watchdog = this.#watchAcks()
  }

  #take(update: Uint8Array): void {
    const { doc } = this.#options
    if (doc !== undefined) Y.applyUpdate(doc, update, this)
  }

  #answer(stateVector: Uint8Array): void {
    const { doc, document } = this.#options
    const missing = doc === undefined ? EMPTY_UPDATE : Y.encodeStateAsUpdate(doc, stateVector)
    this.#ws.send(frame(document, TYPE.sync, STEP.answer, missing))
  }

  #sendPresence(): void {
    const { presence, document } = this.#options
    if (presence === undefined || this.#ws.readyState !== WebSocket.OPEN) return
    const encoder = encoding.createEncoder()
    encoding.writeVarUint(encoder, 1)
    encoding.writeVarUint(encoder, presence.clientId)
    encoding.writeVarUint(encoder, this.#presenceClock)
    encoding.writeVarString(encoder, JSON.stringify(presence.stateAt(this.#moves)))
    this.#presenceClock += 1
    this.#ws.send(frame(document, TYPE.awareness, encoding.toUint8Array(encoder)))
  }
}

/** Opens clients some at a time, as fast as the server takes them. */
export async function openMany(
  count: number,
  toOptions: (index: number) => OpenLeanClient,
  atOnce = 50,
): Promise<LeanClient[]> {
  const clients: LeanClient[] = []
  while (clients.length < count) {
    const next = Math.min(atOnce, count - clients.length)
    const first = clients.length
    clients.push(
      ...(await Promise.all(
        Array.from({ length: next }, (_, index) => LeanClient.open(toOptions(first + index))),
      )),
    )
  }
  return clients
}

export const closeAll = (clients: readonly LeanClient[]): Promise<unknown> =>
  Promise.all(clients.map((client) => client.close()))
