import { createTokenBucket } from './token-bucket.ts'

/** Why a socket is not read for the moment. */
export type PauseReason = 'rate' | 'store' | 'unsaved'

interface ReadPaceParts {
  readonly messagesPerSecond: number
  readonly messageBurst: number
  /** Stops reading. What is on its way stays in the network. */
  readonly stop: () => void
  readonly goOn: () => void
}

/** When a socket is read: not while it has a reason not to be, of several that may hold at once. */
export class ReadPace {
  readonly #parts: ReadPaceParts
  readonly #bucket
  readonly #reasons = new Set<PauseReason>()

  constructor(parts: ReadPaceParts) {
    this.#parts = parts
    this.#bucket = createTokenBucket({
      perSecond: parts.messagesPerSecond,
      burst: parts.messageBurst,
      now: () => performance.now(),
    })
  }

  get isPaused(): boolean {
    return this.#reasons.size > 0
  }

  /** Until {@link resume} with the same reason. */
  pause(reason: PauseReason): void {
    this.#reasons.add(reason)
    this.#parts.stop()
  }

  resume(reason: PauseReason): void {
    if (this.#reasons.delete(reason) && this.#reasons.size === 0) this.#parts.goOn()
  }

  /** Work a client causes is paid for like messages; one that causes too much is read more slowly. */
  charge(tokens: number): void {
    this.#bucket.take(tokens)
    if (!this.#reasons.has('rate')) this.#slowDown()
  }

  /** Frames that are here already are taken all the same; the socket is not read again before they are paid for. */
  #slowDown(): void {
    const waitMs = this.#bucket.debtMs()
    if (waitMs === 0) {
      this.resume('rate')
      return
    }
    this.pause('rate')
    setTimeout(() => this.#slowDown(), waitMs).unref()
  }
}
