import { EventEmitter } from 'node:events'
import type { Random } from '@nexus/core/testkit'
import { WebSocket } from 'ws'
import type { Life } from './life.ts'

/** One direction of a connection: what was sent arrives in order, some ms later. */
class Lane {
  readonly #random: Random
  /** Some connections are slow. */
  readonly #longestMs: number
  #lastAt = 0
  #isOpen = true

  constructor(random: Random) {
    this.#random = random
    this.#longestMs = random.below(4) === 0 ? 100 : 5
  }

  carry(arrive: () => void): void {
    this.#lastAt = Math.max(this.#lastAt, Date.now() + this.#random.below(this.#longestMs))
    setTimeout(() => {
      if (this.#isOpen) arrive()
    }, this.#lastAt - Date.now())
  }

  /** What is still on its way never arrives. */
  cut(): void {
    this.#isOpen = false
  }
}

/** What a client hears of its connection. */
export interface ClientListener {
  onFrame(frame: Uint8Array): void
  /** Once, whoever closed it. */
  onClose(code: number): void
}

/**
 * A WebSocket between a client and a server process, both ends of it. The server's end has what `transport/socket.ts`
 * uses of a `ws` WebSocket.
 */
export class SimulatedSocket extends EventEmitter {
  readyState: number = WebSocket.OPEN
  binaryType = 'nodebuffer'
  readonly bufferedAmount = 0
  readonly #life: Life
  readonly #client: ClientListener
  readonly #toServer: Lane
  readonly #toClient: Lane
  #isPaused = false
  #held: (() => void)[] = []
  #isClientOpen = true

  constructor(parts: { readonly life: Life; readonly random: Random; readonly client: ClientListener }) {
    super()
    this.#life = parts.life
    this.#client = parts.client
    this.#toServer = new Lane(parts.random)
    this.#toClient = new Lane(parts.random)
    parts.life.onEnd(() => {
      this.readyState = WebSocket.CLOSED
      this.#toClient.carry(() => this.#closeClient(1006))
    })
  }

  /** The server's end, under the type of the library it stands for. */
  get serverEnd(): WebSocket {
    return this as unknown as WebSocket
  }

  /** What the server's end stands on. */
  get stream() {
    return {
      write: (wire: Uint8Array): boolean => {
        this.send(messageIn(wire))
        return true
      },
      // Messages travel one by one here, whatever they were written with.
      cork: () => undefined,
      uncork: () => undefined,
    }
  }

  send(message: Uint8Array): void {
    if (this.readyState !== WebSocket.OPEN || !this.#life.act()) return
    const copy = message.slice()
    this.#toClient.carry(() => {
      if (this.#isClientOpen) this.#client.onFrame(copy)
    })
  }

  close(code: number): void {
    if (this.readyState !== WebSocket.OPEN) return
    this.readyState = WebSocket.CLOSING
    this.#toClient.carry(() => {
      this.#closeClient(code)
      this.#toServer.carry(() => this.#closeServer(code))
    })
  }

  terminate(): void {
    this.#toClient.carry(() => this.#closeClient(1006))
    setImmediate(() => this.#closeServer(1006))
  }

  ping(): void {
    this.#toClient.carry(() => this.#toServer.carry(() => this.#reachServer(() => this.emit('pong'))))
  }

  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    this.#isPaused = false
    for (const arrival of this.#held.splice(0)) setImmediate(arrival)
  }

  clientSend(frame: Uint8Array): void {
    if (!this.#isClientOpen) return
    const { buffer } = frame.slice()
    this.#toServer.carry(() => this.#reachServer(() => this.emit('message', buffer, true)))
  }

  /** The client goes, in good order: what it sent arrives. It hears no more. */
  clientClose(): void {
    this.#isClientOpen = false
    this.#toServer.carry(() => this.#closeServer(1001))
  }

  /**
   * The network fails. The client notices; the server after a while, or by its own pings only.
   *
   * @param keepsSent - Whether what the client has sent so far still arrives.
   */
  cut({ serverNotices, keepsSent }: { readonly serverNotices: boolean; readonly keepsSent: boolean }): void {
    this.#toClient.cut()
    if (serverNotices) this.#toServer.carry(() => this.#closeServer(1006))
    if (!keepsSent) this.#toServer.cut()
    if (serverNotices && !keepsSent) setTimeout(() => this.#closeServer(1006), 5)
    this.#closeClient(1006)
  }

  #reachServer(arrive: () => void): void {
    if (this.#life.isOver || this.readyState === WebSocket.CLOSED) return
    if (this.#isPaused) this.#held.push(() => this.#reachServer(arrive))
    else arrive()
  }

  #closeServer(code: number): void {
    if (this.readyState === WebSocket.CLOSED || this.#life.isOver) return
    this.readyState = WebSocket.CLOSED
    this.emit('close', code, Buffer.from(''))
  }

  #closeClient(code: number): void {
    if (!this.#isClientOpen) return
    this.#isClientOpen = false
    this.#client.onClose(code)
  }
}

/** The message in a whole, unmasked WebSocket frame. */
function messageIn(wire: Uint8Array): Uint8Array {
  const length = wire[1] ?? 0
  if (length < 126) return wire.subarray(2)
  return wire.subarray(length === 126 ? 4 : 10)
}
