import type { Document } from '@hocuspocus/server'
import type { LiveDocument } from './live-document.ts'

/**
 * What we know about each Hocuspocus document. By object, never by name: while the old copy of a document is being
 * unloaded a new one of the same name may be loading.
 */
export class LiveDocuments {
  readonly #open = new Map<Document, LiveDocument>()

  of(document: Document): LiveDocument | undefined {
    return this.#open.get(document)
  }

  /** Kept until the Yjs document is destroyed. */
  add(live: LiveDocument): void {
    this.#open.set(live.document, live)
    live.document.on('destroy', () => this.#open.delete(live.document))
  }

  get size(): number {
    return this.#open.size
  }

  [Symbol.iterator](): MapIterator<LiveDocument> {
    return this.#open.values()
  }
}
