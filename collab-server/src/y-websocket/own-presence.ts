import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'

/** Client ids remembered as heard from us; the oldest are forgotten. A room with more people has other worries. */
const MAX_TOLD = 10_000
/** Client ids that are one connection's own: a page has one, and makes a new one now and then. */
const MAX_OWN = 64

/** One entry of a presence message, as it stands in the bytes. */
interface RawEntry {
  readonly clientId: number
  readonly bytes: Uint8Array
}

/**
 * Tells a y-websocket client's own presence from what it only repeats: y-websocket (3.1) sends every change of presence to
 * the server, those of others that the server has just told it too. A repetition is older than what it repeats; taken for
 * news it would put cursors back, bring back who has left, and go round between two servers for ever.
 *
 * A client speaks for itself in its first message, which says who it is as it connects; after that for every client id that
 * it was not told before (its own after a change, and tabs of the same browser that have no connection).
 */
export class OwnPresence {
  readonly #own = new Set<number>()
  readonly #told = new Set<number>()
  #hasSpoken = false

  /** What goes out. @param states - A presence message; of ours, so it can be read. */
  noteTold(states: Uint8Array): void {
    for (const { clientId } of entriesIn(states) ?? []) {
      this.#told.delete(clientId)
      this.#told.add(clientId)
    }
    for (const clientId of this.#told) {
      if (this.#told.size <= MAX_TOLD) return
      this.#told.delete(clientId)
    }
  }

  /** @returns The message without what is repeated; `null` when it cannot be understood. */
  ownOf(states: Uint8Array): Uint8Array | null {
    const entries = entriesIn(states)
    if (entries === null) return null
    const [first] = entries
    // The id it had before its connection broke may be shown still, and have been told.
    if (!this.#hasSpoken && entries.length === 1 && first !== undefined) this.#own.add(first.clientId)
    this.#hasSpoken = true
    const own = entries.filter(({ clientId }) => this.#isOwn(clientId))
    return own.length === entries.length ? states : joined(own)
  }

  #isOwn(clientId: number): boolean {
    if (this.#own.has(clientId)) return true
    if (this.#told.has(clientId) || this.#own.size >= MAX_OWN) return false
    this.#own.add(clientId)
    return true
  }
}

/** The states are not looked into: who takes them does that. */
function entriesIn(states: Uint8Array): RawEntry[] | null {
  try {
    const decoder = decoding.createDecoder(states)
    const count = decoding.readVarUint(decoder)
    const entries: RawEntry[] = []
    while (entries.length < count) {
      const from = decoder.pos
      const clientId = decoding.readVarUint(decoder)
      decoding.readVarUint(decoder)
      decoding.readVarUint8Array(decoder)
      entries.push({ clientId, bytes: states.subarray(from, decoder.pos) })
    }
    return entries
  } catch {
    return null
  }
}

function joined(entries: readonly RawEntry[]): Uint8Array {
  const encoder = encoding.createEncoder()
  encoding.writeVarUint(encoder, entries.length)
  for (const { bytes } of entries) encoding.writeUint8Array(encoder, bytes)
  return encoding.toUint8Array(encoder)
}
