import { parseDocumentName } from '@nexus/core'
import { type ClientFrame, nameInAddress } from './frame.ts'

/** Sessions one socket may have of one document; a page with several editors of it has some. */
const MAX_SESSIONS_PER_DOCUMENT = 16

/** What becomes of a frame: it goes on, is left out without a word, or is answered with the reason. */
type Verdict = 'admitted' | 'ignored' | 'not_found' | 'rate_limited'

/** Which documents a client has asked for on one socket, and in how many sessions: established, or waiting for their answer. */
export class ClientAddresses {
  readonly #maxDocuments: number
  readonly #addresses = new Set<string>()

  constructor(maxDocuments: number) {
    this.#maxDocuments = maxDocuments
  }

  /** Nothing goes on for an address before a sign-in for it; names that cannot exist never do. */
  judge({ kind, address }: ClientFrame): Verdict {
    if (this.#addresses.has(address)) return 'admitted'
    if (kind !== 'auth') return 'ignored'
    if (parseDocumentName(nameInAddress(address)) === null) return 'not_found'
    if (!this.#hasRoomFor(address)) return 'rate_limited'
    this.#addresses.add(address)
    return 'admitted'
  }

  /** The client may ask for it again. */
  forget(address: string): void {
    this.#addresses.delete(address)
  }

  #hasRoomFor(address: string): boolean {
    if (this.#addresses.size >= this.#maxDocuments) return false
    const name = nameInAddress(address)
    if (address === name) return true
    let sessions = 0
    for (const other of this.#addresses) if (nameInAddress(other) === name) sessions += 1
    return sessions < MAX_SESSIONS_PER_DOCUMENT
  }
}
