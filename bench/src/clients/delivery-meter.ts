import * as Y from 'yjs'

/** Frames remembered by their bytes; every receiver of a node gets the same ones. */
const REMEMBERED_FRAMES = 2_000

type Ranges = readonly { readonly client: number; readonly from: number; readonly to: number }[]

/**
 * Counts edits, not frames: a server may merge several edits into one frame. An edit is one clock of its writer, so
 * the ranges of clocks in a frame say which edits it brings; what a receiver has already is not counted again.
 */
export class DeliveryMeter {
  readonly #sentAt = new Map<number, Map<number, number>>()
  readonly #known = new Map<string, Ranges>()
  /** From sending to arriving, in ms, one for each edit and receiver. */
  #delays: number[] = []
  sentCount = 0
  deliveredCount = 0
  /** Clocks a receiver was not given before later ones of the same writer. */
  skippedCount = 0

  /** To be called right before an edit is sent. */
  sent(client: number, clock: number): void {
    this.sentCount += 1
    const ofClient = this.#sentAt.get(client) ?? new Map<number, number>()
    this.#sentAt.set(client, ofClient.set(clock, performance.now()))
  }

  /** @returns What a receiver calls with each update it gets. */
  newReceiver(): (update: Uint8Array) => void {
    const have = new Map<number, number>()
    return (update) => {
      const now = performance.now()
      for (const { client, from, to } of this.#rangesOf(update))
        this.#arrived({ have, client, from, to, now })
    }
  }

  /** The delays since the last call. */
  takeDelays(): number[] {
    const delays = this.#delays
    this.#delays = []
    return delays
  }

  #arrived(range: {
    have: Map<number, number>
    client: number
    from: number
    to: number
    now: number
  }): void {
    const { have, client, from, to, now } = range
    const sent = this.#sentAt.get(client)
    if (sent === undefined) return
    const known = have.get(client)
    if (known !== undefined && from > known) this.skippedCount += from - known
    for (let clock = Math.max(from, known ?? from); clock < to; clock += 1) {
      const sentAt = sent.get(clock)
      if (sentAt === undefined) continue
      this.deliveredCount += 1
      this.#delays.push(now - sentAt)
    }
    have.set(client, Math.max(known ?? 0, to))
  }

  #rangesOf(update: Uint8Array): Ranges {
    const key = Buffer.from(update.buffer, update.byteOffset, update.byteLength).toString('latin1')
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const { from, to } = Y.parseUpdateMeta(update)
    const ranges = [...to].map(([client, end]) => ({ client, from: from.get(client) ?? end, to: end }))
    if (this.#known.size >= REMEMBERED_FRAMES) this.#known.clear()
    this.#known.set(key, ranges)
    return ranges
  }
}
