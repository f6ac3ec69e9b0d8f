import * as decoding from 'lib0/decoding'
import * as Y from 'yjs'
import { encodeAwareness, parseAwareness } from '../presence/awareness-entries.ts'
import { frame } from '../testkit/raw-socket.ts'
import type { SimulatedSocket } from './simulated-socket.ts'

const SYNC = 0
const AWARENESS = 1
const AUTH = 2
const STATELESS = 5
const LEAVE = 7
const SYNC_STATUS = 8
const PING = 9
const PONG = 10

/** Origin of what a server sent. */
export const FROM_SERVER = 'server'

interface ConnectionParts {
  readonly socket: SimulatedSocket
  readonly doc: Y.Doc
  readonly address: string
  readonly user: string
  /** Number of the client's newest edit. */
  readonly lastEdit: () => number
  /** The server says that this edit, and all before it, are saved. */
  readonly onSaved: (edit: number) => void
  /** The server said something it must not say to a client that did nothing wrong. */
  readonly onProblem: (problem: string) => void
}

/** A client's side of the Hocuspocus protocol over one socket, as `@hocuspocus/provider` speaks it. */
export class ClientConnection {
  /** Presence of everybody, by Yjs client. */
  readonly present = new Map<number, number>()
  readonly #parts: ConnectionParts
  /** Newest edit in each frame that is not acknowledged; acks come in the order of the frames. */
  readonly #unacknowledged: number[] = []
  #hasAnswered = false

  constructor(parts: ConnectionParts) {
    this.#parts = parts
  }

  /** Everything sent is acknowledged, the answer to the server's question about what we have included. */
  get isSaved(): boolean {
    return this.#hasAnswered && this.#unacknowledged.length === 0
  }

  signIn(): void {
    const { address, user, doc } = this.#parts
    this.#send(frame(address, AUTH, 0, user, '4.7.0'))
    this.#send(frame(address, SYNC, 0, Y.encodeStateVector(doc)))
  }

  sendUpdate(update: Uint8Array): void {
    this.#unacknowledged.push(this.#parts.lastEdit())
    this.#send(frame(this.#parts.address, SYNC, 2, update))
  }

  showPresence(clock: number): void {
    const { doc, user, address } = this.#parts
    const entry = { clientId: doc.clientID, clock, state: { user: { id: user, name: user }, clock } }
    this.#send(frame(address, AWARENESS, encodeAwareness([entry])))
  }

  leave(): void {
    this.#send(frame(this.#parts.address, LEAVE))
  }

  receive(bytes: Uint8Array): void {
    if (bytes.length === 1 && bytes[0] === PING) {
      this.#send(Uint8Array.of(PONG))
      return
    }
    const decoder = decoding.createDecoder(bytes)
    decoding.readVarString(decoder)
    const type = decoding.readVarUint(decoder)
    if (type === SYNC) this.#takeSync(decoder)
    else if (type === AWARENESS) this.#takePresence(decoding.readVarUint8Array(decoder))
    else if (type === SYNC_STATUS) this.#takeAck(decoding.readVarUint(decoder) === 1)
    else if (type === AUTH && decoding.readVarUint(decoder) === 1) {
      this.#parts.onProblem(`was refused: ${decoding.readVarString(decoder)}`)
    } else if (type !== AUTH && type !== STATELESS) this.#parts.onProblem(`got a frame of type ${type}`)
  }

  #takeSync(decoder: decoding.Decoder): void {
    const { doc, address, lastEdit } = this.#parts
    const step = decoding.readVarUint(decoder)
    const body = decoding.readVarUint8Array(decoder)
    if (step !== 0) {
      Y.applyUpdate(doc, body, FROM_SERVER)
      return
    }
    this.#send(frame(address, SYNC, 1, Y.encodeStateAsUpdate(doc, body)))
    // Asked again, because something sent before could not be applied: this ack stands for that one.
    if (!this.#hasAnswered) this.#unacknowledged.push(lastEdit())
    this.#hasAnswered = true
  }

  #takeAck(isSaved: boolean): void {
    const edit = this.#unacknowledged.shift()
    if (!isSaved) this.#parts.onProblem('was told that its edit is not taken')
    else if (edit === undefined) this.#parts.onProblem('got more acks than it has sent edits')
    else this.#parts.onSaved(edit)
  }

  #takePresence(bytes: Uint8Array): void {
    for (const { clientId, clock, state } of parseAwareness(bytes) ?? []) {
      if (state === null) this.present.delete(clientId)
      else this.present.set(clientId, clock)
    }
  }

  #send(bytes: Uint8Array): void {
    this.#parts.socket.clientSend(bytes)
  }
}
