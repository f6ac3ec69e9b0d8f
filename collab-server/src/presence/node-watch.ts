import type { Fanout, NodeId, NodePulse } from '@nexus/core'

interface NodeWatchParts {
  readonly nodeId: NodeId
  readonly fanout: Pick<Fanout, 'isHealthy'>
  /** A process not heard for this long is taken for gone, ms. */
  readonly silenceMs: number
  readonly now: () => number
  /** Its people are not here any more. */
  readonly onGone: (node: NodeId) => void
  /** One that was taken for gone speaks again. */
  readonly onReturn: () => void
}

/** Processes that are remembered in case their silence was no end. */
const MAX_GONE = 100

/**
 * Which other processes live, from one small message of each every now and then, however many documents they share.
 *
 * Silence counts only while it means something: not while messages are surely lost, and not when this process was too
 * busy to listen.
 */
export class NodeWatch {
  readonly #parts: NodeWatchParts
  readonly #heardAt = new Map<NodeId, number>()
  readonly #gone = new Set<NodeId>()
  /** Since when silence counts. */
  #listeningSince: number
  #lookedAt: number

  constructor(parts: NodeWatchParts) {
    this.#parts = parts
    this.#listeningSince = parts.now()
    this.#lookedAt = parts.now()
  }

  take({ node, state }: NodePulse): void {
    if (node === this.#parts.nodeId) return
    if (state === 'alive') this.heard(node)
    else this.#forget(node)
  }

  /** Anything of `node` has arrived. */
  heard(node: NodeId): void {
    this.#heardAt.set(node, this.#parts.now())
    if (this.#gone.delete(node)) this.#parts.onReturn()
  }

  /** Messages may have been lost until now. */
  startOver(): void {
    this.#listeningSince = this.#parts.now()
  }

  /** Called at a steady pace, several times within `silenceMs`. */
  look(): void {
    const now = this.#parts.now()
    const wasBusy = now - this.#lookedAt > this.#parts.silenceMs / 2
    this.#lookedAt = now
    if (wasBusy || !this.#parts.fanout.isHealthy()) this.startOver()
    for (const [node, heardAt] of this.#heardAt) {
      if (now - Math.max(heardAt, this.#listeningSince) >= this.#parts.silenceMs) this.#drop(node)
    }
  }

  #drop(node: NodeId): void {
    this.#gone.add(node)
    // The oldest will not come back.
    const [oldest] = this.#gone
    if (this.#gone.size > MAX_GONE && oldest !== undefined) this.#gone.delete(oldest)
    this.#forget(node)
  }

  #forget(node: NodeId): void {
    this.#heardAt.delete(node)
    this.#parts.onGone(node)
  }
}
