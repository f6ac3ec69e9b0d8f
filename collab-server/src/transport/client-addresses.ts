import { parseDocumentName } from '@nexus/core'
import { type ClientFrame, nameInAddress } from './frame.ts'

/** Sessions one socket may have of one document; a page with several editors of it has some. */
const MAX_SESSIONS_PER_DOCUMENT = 16

/** Why a frame goes no further: the answer to it, or `null` for one that gets none. */
type Refused = { readonly reason: 'rate_limited' | 'not_found' } | { readonly reason: null }

/** Which documents a client has asked for on one socket, and in how many sessions: established, or waiting for their answer. */
export class ClientAddresses {
  readonly #maxDocuments: number
  readonly #addresses = new Set<string>()

  constructor(maxDocuments: number) {
    this.#maxDocuments = maxDocuments
  }

  /**
   * Nothing goes on for an address before a sign-in for it; names that cannot exist never do.
   *
   * @returns `null` when the frame may go on.
   */
  refuse({ kind, address }: ClientFrame): Refused | null {
    if (this.#addresses.has(address)) return null
    if (kind !== 'auth') return { reason: null }
    if (parseDocumentName(nameInAddress(address)) === null) return { reason: 'not_found' }
    if (!this.#hasRoomFor(address)) return { reason: 'rate_limited' }
    this.#addresses.add(address)
    return null
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
