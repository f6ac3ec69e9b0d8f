import type { UserId } from '@nexus/core'
import type { CollabSocket } from './socket.ts'

interface SocketCounts {
  readonly maxSockets: number
  readonly maxPerAddress: number
  readonly maxPerUser: number
}

/** All open sockets of this process, counted by peer and by user. */
export class SocketRegistry {
  readonly #limits: SocketCounts
  /** With the number each came in as. */
  readonly #sockets = new Map<CollabSocket, number>()
  #nextNumber = 0
  readonly #perAddress = new Map<string, number>()
  readonly #perUser = new Map<UserId, Set<CollabSocket>>()

  constructor(limits: SocketCounts) {
    this.#limits = limits
  }

  get size(): number {
    return this.#sockets.size
  }

  [Symbol.iterator](): MapIterator<CollabSocket> {
    return this.#sockets.keys()
  }

  /** One of `parts` parts of all sockets, about equally large; a socket stays in its part. */
  *part(part: number, parts: number): Generator<CollabSocket> {
    for (const [socket, number] of this.#sockets) if (number % parts === part) yield socket
  }

  isFull(): boolean {
    return this.#sockets.size >= this.#limits.maxSockets
  }

  hasRoomFor(peerAddress: string): boolean {
    return (this.#perAddress.get(peerAddress) ?? 0) < this.#limits.maxPerAddress
  }

  add(socket: CollabSocket): void {
    this.#sockets.set(socket, this.#nextNumber)
    this.#nextNumber += 1
    this.#perAddress.set(socket.peerAddress, (this.#perAddress.get(socket.peerAddress) ?? 0) + 1)
  }

  /** Counts a socket for its user. @returns `false` when the user has too many; it is not counted then. */
  addToUser(socket: CollabSocket, userId: UserId): boolean {
    const ofUser = this.#perUser.get(userId) ?? new Set()
    if (!ofUser.has(socket) && ofUser.size >= this.#limits.maxPerUser) return false
    this.#perUser.set(userId, ofUser.add(socket))
    return true
  }

  remove(socket: CollabSocket): void {
    if (!this.#sockets.delete(socket)) return
    const left = (this.#perAddress.get(socket.peerAddress) ?? 1) - 1
    if (left > 0) this.#perAddress.set(socket.peerAddress, left)
    else this.#perAddress.delete(socket.peerAddress)
    const userId = socket.caller?.userId
    if (userId === undefined) return
    const ofUser = this.#perUser.get(userId)
    ofUser?.delete(socket)
    if (ofUser?.size === 0) this.#perUser.delete(userId)
  }
}
