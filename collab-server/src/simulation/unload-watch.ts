import type { LiveDocument } from '../documents/live-document.ts'
import type { LiveDocuments } from '../documents/live-documents.ts'

/** Notices when a server gives up a document whose edits are not saved: nothing need be lost by it, but may be. */
export class UnloadWatch {
  readonly #open = new Set<LiveDocument>()

  /** @returns How many were given up like that since the last look. */
  look(documents: LiveDocuments): number {
    for (const live of documents) this.#open.add(live)
    const closed = [...this.#open].filter(({ document }) => document.isDestroyed)
    for (const live of closed) this.#open.delete(live)
    return closed.filter(({ unsavedCount }) => unsavedCount > 0).length
  }
}
