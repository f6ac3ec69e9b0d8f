import type { Duplex } from 'node:stream'
import { type Connection, type Hocuspocus, OutgoingMessage, type WebSocketLike } from '@hocuspocus/server'
import { CLOSE_CODES } from '@nexus/core'
import type { VerifiedCaller } from '@nexus/core/server'
import { WebSocket } from 'ws'
import { type AckGate, createAckGate } from './ack-gate.ts'
import { createBackPressure } from './back-pressure.ts'
import { ClientAddresses } from './client-addresses.ts'
import { closeCodeOf } from './close-code.ts'
import { type Dialect, NOTHING } from './dialect.ts'
import { type ClientFrame, isPong, PING_FRAME, parseClientFrame, signInFrame } from './frame.ts'
import type { Outgoing } from './outgoing.ts'
import { type PauseReason, ReadPace } from './read-pace.ts'

/** What hooks and connections know about where they came from. */
export interface ConnectionContext {
  readonly socket: CollabSocket
}

interface SocketLimits {
  readonly maxUpdateBytes: number
  readonly maxUnsavedBytes: number
  readonly maxDocuments: number
  readonly messagesPerSecond: number
  readonly messageBurst: number
  readonly dropAwarenessBytes: number
  readonly maxBacklogBytes: number
}

interface SocketParts {
  readonly ws: WebSocket
  /** What `ws` stands on; messages are written to it as ready frames. */
  readonly stream: Pick<Duplex, 'write' | 'cork' | 'uncork'>
  readonly toOutgoing: (message: Uint8Array) => Outgoing
  /** What the client speaks. */
  readonly dialect: Dialect
  /** Whether what is being sent now is only what this connection sent. */
  readonly isEcho: (connection: Connection<ConnectionContext>) => boolean
  /** Where the peer is, as far as we can tell. */
  readonly peerAddress: string
  readonly limits: SocketLimits
  /** A message could not be handled for a reason that is ours. */
  readonly onError: (error: unknown) => void
  /** Presence of an established connection's client. @returns `false` when it cannot be understood. */
  readonly onAwareness: (connection: Connection<ConnectionContext>, states: Uint8Array) => boolean
}

type ClientConnection = ReturnType<Hocuspocus['handleConnection']>

/** A peer that does not answer the closing handshake is cut after this long, ms. */
const CLOSE_GRACE_MS = 3_000
/** Largest presence message; a cursor and a name need some hundreds, bytes. */
const MAX_PRESENCE_BYTES = 16_000
/** Messages for a document that is being closed; closing takes some turns of the event loop. */
const MAX_HELD_MESSAGES = 1_000
/** What comes in is decoded and applied, what goes out is encoded: together with the message's own, tokens for so many bytes. */
const BYTES_PER_TOKEN_IN = 1_000
const BYTES_PER_TOKEN_OUT = 10_000
/** WebSocket close reasons hold at most 123 bytes. */
const MAX_REASON_CHARS = 120

/**
 * One client's WebSocket as Hocuspocus sees it. Acks wait here until they are true, slow readers are let go, floods
 * are slowed down, and bytes no honest client sends end the socket before Hocuspocus sees them.
 */
export class CollabSocket implements WebSocketLike {
  readonly peerAddress: string
  readonly acks: AckGate
  /** Everybody who signs in on a socket must be the same user; `null` until the first has. */
  caller: VerifiedCaller | null = null
  readonly #ws: WebSocket
  readonly #parts: SocketParts
  readonly #pace: ReadPace
  readonly #backPressure
  readonly #addresses: ClientAddresses
  /** Established documents by address. */
  readonly #connections = new Map<string, Connection<ConnectionContext>>()
  /** Addresses that are being left, and what has come for them since. */
  readonly #leaving = new Map<string, Uint8Array[]>()
  /** Addresses whose state vector is being answered. */
  readonly #asking = new Set<string>()
  /** Newest presence by address, of documents that are not established yet. */
  readonly #earlyPresence = new Map<string, Uint8Array>()
  #client: ClientConnection | null = null
  #heardSincePing = true
  /** Whether the peer had said nothing at the last ping, and was asked for an answer. */
  #isAsked = false
  #sentAt = 0
  /** The caller whose token is to be renewed. */
  #askedAbout: VerifiedCaller | null = null

  constructor(parts: SocketParts) {
    const { ws, limits } = parts
    this.#ws = ws
    this.#parts = parts
    this.peerAddress = parts.peerAddress
    this.acks = createAckGate({
      forward: (ack) => this.#send(ack),
      onUnsaved: () => this.#paceByStore(),
    })
    this.#pace = new ReadPace({ ...limits, stop: () => ws.pause(), goOn: () => ws.resume() })
    this.#addresses = new ClientAddresses(limits.maxDocuments)
    this.#backPressure = createBackPressure(limits)
  }

  /** Connects the WebSocket with Hocuspocus. */
  attach(client: ClientConnection): void {
    const ws = this.#ws
    this.#client = client
    // Frames in buffers of their own: what Yjs keeps of them must not keep a whole network buffer alive.
    ws.binaryType = 'arraybuffer'
    ws.on('message', (data) => {
      if (data instanceof ArrayBuffer) this.#receive(new Uint8Array(data))
      else this.close(CLOSE_CODES.badRequest, 'frames must be binary')
    })
    ws.on('pong', () => this.#heard())
    // ws closes the socket itself and says why (1002, 1007, 1009); without a listener the process would end.
    ws.on('error', () => {})
    ws.once('close', (code, reason) => client.handleClose({ code, reason: reason.toString() }))
  }

  /** For a client whose protocol has no sign-in: it said who it is as it connected. */
  signIn(address: string, token: string): void {
    this.#dispatchSafely(signInFrame(address, token))
  }

  get readyState(): number {
    return this.#ws.readyState
  }

  /** For Hocuspocus. */
  send(data: string | ArrayBufferLike | Blob | ArrayBufferView): void {
    if (!(data instanceof Uint8Array)) return
    const outgoing = this.#parts.toOutgoing(data)
    const { kind, address } = outgoing
    if (kind.kind === 'ack') {
      this.acks.pass(address, data)
      return
    }
    if (kind.kind === 'update' && this.#isEcho(address)) return
    if (kind.kind === 'document') {
      this.#asking.delete(address)
      this.charge(data.byteLength / BYTES_PER_TOKEN_OUT)
    }
    if (kind.kind === 'refusal') {
      this.forget(address)
      // A refused client never asks again; one whose socket closes does.
      if (kind.reason === 'unavailable') {
        this.close(CLOSE_CODES.tryAgainLater, 'the document cannot be loaded at the moment')
        return
      }
    }
    this.#write(outgoing)
  }

  /** Ends the socket; a peer that does not take part is cut. */
  close(code: number = CLOSE_CODES.internal, reason = ''): void {
    if (this.#ws.readyState !== WebSocket.OPEN) return
    // A paused socket would never read the peer's answer.
    this.#ws.resume()
    this.#ws.close(code, reason.slice(0, MAX_REASON_CHARS))
    setTimeout(() => this.#ws.terminate(), CLOSE_GRACE_MS).unref()
  }

  /** What is written from now on goes out together, at {@link release}. Both in one turn of the event loop. */
  gather(): void {
    this.#parts.stream.cork()
  }

  release(): void {
    this.#parts.stream.uncork()
  }

  /** Stops reading until {@link resume} with the same reason. What is on its way stays in the network. */
  pause(reason: PauseReason): void {
    this.#pace.pause(reason)
  }

  resume(reason: PauseReason): void {
    this.#pace.resume(reason)
  }

  /**
   * Called at a steady pace: keeps both sides' watchdogs calm, and cuts a peer that says nothing and then does not
   * answer. Most sockets hear and say enough by themselves (presence is renewed), and cost nothing here.
   *
   * @param quietMs - Nothing is sent to a client that was sent something within this time.
   */
  ping(quietMs: number): void {
    if (this.#pace.isPaused) this.#heard()
    if (!this.#heardSincePing && this.#isAsked) {
      this.#ws.terminate()
      return
    }
    this.#isAsked = !this.#heardSincePing
    this.#heardSincePing = false
    if (performance.now() - this.#sentAt > quietMs) this.#send(PING_FRAME)
    if (this.#isAsked && this.#ws.readyState === WebSocket.OPEN) this.#ws.ping()
  }

  /** Without a handshake, at once. */
  terminate(): void {
    this.#ws.terminate()
  }

  /** Asks the client for a new token; it answers to one document for all. Asks once for each token. */
  askForToken(): void {
    if (this.#askedAbout === this.caller) return
    this.#askedAbout = this.caller
    const [connection] = this.#connections.values()
    connection?.requestToken()
  }

  /** Signing in has led to a connection. */
  establish(connection: Connection<ConnectionContext>): void {
    const { messageAddress } = connection
    this.#connections.set(messageAddress, connection)
    const presence = this.#earlyPresence.get(messageAddress)
    this.#earlyPresence.delete(messageAddress)
    if (presence !== undefined) this.#takePresence(connection, presence)
  }

  /** Forgets an address, so that the client may ask for it again. */
  forget(address: string): void {
    this.#connections.delete(address)
    this.#earlyPresence.delete(address)
    this.#addresses.forget(address)
    this.#asking.delete(address)
    this.acks.forget(address)
    this.#goOn(address)
  }

  /** Takes what came while the address was being left: somebody opens the document again. */
  #goOn(address: string): void {
    const held = this.#leaving.get(address)
    if (held === undefined) return
    // Not in this turn: Hocuspocus has to forget the old connection first.
    setImmediate(() => {
      this.#leaving.delete(address)
      for (const bytes of held) this.#dispatchSafely(bytes)
    })
  }

  #heard(): void {
    this.#heardSincePing = true
    if (this.#client !== null) this.#client.lastMessageReceivedAt = Date.now()
  }

  #receive(bytes: Uint8Array): void {
    if (this.#ws.readyState !== WebSocket.OPEN) return
    this.charge(1 + bytes.byteLength / BYTES_PER_TOKEN_IN)
    this.#heard()
    if (isPong(bytes)) return
    const frame = this.#parts.dialect.toOurs(bytes)
    if (frame === null) this.close(CLOSE_CODES.badRequest, 'the frame cannot be understood')
    else if (frame !== NOTHING) this.#dispatchSafely(frame)
  }

  /** Whatever one client's bytes set off is the end of its socket at most. */
  #dispatchSafely(bytes: Uint8Array): void {
    try {
      this.#dispatch(bytes)
    } catch (error) {
      this.#parts.onError(error)
      this.close(CLOSE_CODES.internal, 'the message could not be handled')
    }
  }

  #dispatch(bytes: Uint8Array): void {
    if (this.#ws.readyState !== WebSocket.OPEN) return
    const frame = parseClientFrame(bytes)
    if (frame === null) {
      this.close(CLOSE_CODES.badRequest, 'the frame cannot be understood')
      return
    }
    const held = this.#leaving.get(frame.address)
    if (held !== undefined) this.#hold(held, bytes)
    else if (this.#isAdmitted(frame)) this.#take(frame, bytes)
  }

  /**
   * A document that is closed and opened again at once, as a page does that draws itself anew: Hocuspocus (4.7) would take
   * the new sign-in for the old connection, which is about to end, and the page would never be let in.
   */
  #hold(held: Uint8Array[], bytes: Uint8Array): void {
    if (held.push(bytes) > MAX_HELD_MESSAGES) this.close(CLOSE_CODES.rateLimited, 'too much at once')
  }

  /** Work a client causes is paid for like messages; one that causes too much is read more slowly. */
  charge(tokens: number): void {
    this.#pace.charge(tokens)
  }

  /** One client that writes faster than its edits can be saved waits for itself, not with everybody else. */
  #paceByStore(): void {
    const { unsavedBytes } = this.acks
    const { maxUnsavedBytes } = this.#parts.limits
    if (unsavedBytes > maxUnsavedBytes) this.pause('unsaved')
    else if (unsavedBytes * 2 <= maxUnsavedBytes) this.resume('unsaved')
  }

  #isAdmitted(frame: ClientFrame): boolean {
    const verdict = this.#addresses.judge(frame)
    if (verdict === 'not_found' || verdict === 'rate_limited') {
      this.#send(new OutgoingMessage(frame.address).writePermissionDenied(verdict).toUint8Array())
    }
    return verdict === 'admitted'
  }

  #take(frame: ClientFrame, bytes: Uint8Array): void {
    if (frame.kind === 'ignored') return
    // One answer has all that a second one would have; hundreds of them in one turn would stop everybody's work.
    if (frame.kind === 'stateVector' && this.#asking.has(frame.address)) return
    if (frame.kind === 'stateVector') this.#asking.add(frame.address)
    if (frame.kind === 'leave' && this.#connections.has(frame.address)) this.#leaving.set(frame.address, [])
    if (frame.kind === 'update' && frame.updateBytes > this.#parts.limits.maxUpdateBytes) {
      this.close(CLOSE_CODES.tooLarge, `one edit may have ${this.#parts.limits.maxUpdateBytes} bytes`)
    } else if (frame.kind === 'awareness' && frame.states.byteLength > MAX_PRESENCE_BYTES) {
      this.close(CLOSE_CODES.tooLarge, `presence may have ${MAX_PRESENCE_BYTES} bytes`)
    } else if (frame.kind === 'awareness') {
      const connection = this.#connections.get(frame.address)
      if (connection === undefined) this.#earlyPresence.set(frame.address, frame.states)
      else this.#takePresence(connection, frame.states)
    } else this.#client?.handleMessage(bytes)
  }

  #takePresence(connection: Connection<ConnectionContext>, states: Uint8Array): void {
    if (this.#parts.onAwareness(connection, states)) return
    this.close(CLOSE_CODES.badRequest, 'the presence message cannot be understood')
  }

  #isEcho(address: string): boolean {
    const connection = this.#connections.get(address)
    return connection !== undefined && this.#parts.isEcho(connection)
  }

  #send(message: Uint8Array): void {
    this.#write(this.#parts.toOutgoing(message))
  }

  #write(outgoing: Outgoing): void {
    if (this.#ws.readyState !== WebSocket.OPEN) return
    const { kind } = outgoing
    const wire = this.#parts.dialect.toTheirs(outgoing)
    if (wire === null) return
    if ('reason' in wire) {
      this.close(closeCodeOf(wire.reason), wire.reason)
      return
    }
    const verdict = this.#backPressure.judge({
      bytes: wire.byteLength,
      isAwareness: kind.kind === 'awareness',
      bufferedBytes: this.#ws.bufferedAmount,
    })
    if (verdict === 'send') {
      this.#parts.stream.write(wire)
      this.#sentAt = performance.now()
    }
    if (verdict === 'close') this.close(CLOSE_CODES.tryAgainLater, 'this connection reads too slowly')
  }
}
