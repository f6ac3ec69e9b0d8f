import { setTimeout as wait } from 'node:timers/promises'
import { Database } from '@hocuspocus/extension-database'
import type {
  Document,
  fetchPayload,
  Hocuspocus,
  onStoreDocumentPayload,
  storePayload,
} from '@hocuspocus/server'
import {
  type DocumentName,
  isNexusError,
  NexusError,
  parseDocumentName,
  toDocumentName,
  type UpdateLog,
} from '@nexus/core'
import type { Logger } from '@nexus/core/server'
import type { LiveDocument } from '../documents/live-document.ts'
import type { LiveDocuments } from '../documents/live-documents.ts'
import { refusalOf } from '../refusal.ts'

/** First pause between two tries to read a document; doubles. */
const FIRST_PAUSE_MS = 100
/** A checkpoint that could not be written is tried again after this long, ms. */
const CHECKPOINT_RETRY_MS = 5_000

interface DocumentDatabaseParts {
  readonly documents: LiveDocuments
  readonly log: Pick<UpdateLog, 'tailSize' | 'saveCheckpoint'>
  readonly logger: Logger
  readonly loadTimeoutMs: number
  /** Fills a document from the log and ties it to it. */
  readonly open: (document: Document, name: DocumentName) => Promise<LiveDocument>
}

/**
 * Opens documents from the log, and writes a checkpoint now and then so that opening stays fast. Edits are not saved
 * here (see `saving.ts`): a checkpoint that fails loses nothing.
 *
 * The extension would encode and store the whole document after every pause in typing; here it is only asked to when
 * the tail of the log has become heavy.
 */
export class DocumentDatabase extends Database {
  readonly #parts: DocumentDatabaseParts
  /** Due, but at its moment edits were on their way, or the log away. */
  readonly #overdue = new WeakSet<LiveDocument>()

  constructor(parts: DocumentDatabaseParts) {
    super({
      fetch: (payload) => this.#fetch(payload),
      store: (payload) => this.#store(payload),
    })
    this.#parts = parts
  }

  override async onStoreDocument(payload: onStoreDocumentPayload): Promise<void> {
    const live = this.#parts.documents.of(payload.document)
    if (live === undefined) return
    if (this.#overdue.has(live) || (await this.#isDue(live))) await super.onStoreDocument(payload)
  }

  /** Every process with the document comes to think so at about the same time: the log knows whether one was faster. */
  async #isDue({ tail, name }: LiveDocument): Promise<boolean> {
    if (!tail.isCheckpointDue) return false
    try {
      const size = await this.#parts.log.tailSize(name)
      if (size !== null) tail.correct(size)
      return tail.isCheckpointDue
    } catch {
      // Writing it will fail too, and is tried again.
      return true
    }
  }

  isOverdue(live: LiveDocument): boolean {
    return this.#overdue.has(live)
  }

  /** Nothing is returned for the extension to apply: all is applied already, in one transaction. */
  async #fetch({ document, documentName }: fetchPayload): Promise<null> {
    try {
      this.#parts.documents.add(await this.#openInTime(document, nameOf(documentName)))
      return null
    } catch (error) {
      this.#parts.logger.warn({ err: error, document: documentName }, 'the document could not be opened')
      // Hocuspocus would leak it, with its timer (4.7, #1156).
      document.destroy()
      throw refusalOf(error)
    }
  }

  async #openInTime(document: Document, name: DocumentName): Promise<LiveDocument> {
    const giveUp = new AbortController()
    const timeout = wait(this.#parts.loadTimeoutMs, undefined, { signal: giveUp.signal }).then(() => {
      throw new NexusError('unavailable', `Document ${name} cannot be read at the moment.`)
    })
    try {
      return await Promise.race([this.#openPatiently(document, name, giveUp.signal), timeout])
    } finally {
      giveUp.abort()
      timeout.catch(() => undefined)
    }
  }

  async #openPatiently(document: Document, name: DocumentName, signal: AbortSignal): Promise<LiveDocument> {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs *= 2) {
      try {
        return await this.#parts.open(document, name)
      } catch (error) {
        if (isNexusError(error, 'not_found') || signal.aborted) throw error
        await wait(pauseMs, undefined, { signal })
      }
    }
  }

  /** `state` was encoded in this very turn, so it is the document as it is now. Never throws. */
  async #store({ document, state, instance }: storePayload): Promise<void> {
    const live = this.#parts.documents.of(document)
    if (live === undefined) return
    if (!live.isExact) {
      this.#overdue.add(live)
      return
    }
    const { version } = live
    this.#overdue.delete(live)
    live.tail.startOver(state.byteLength)
    try {
      await this.#parts.log.saveCheckpoint(live.name, { version, state })
    } catch (error) {
      this.#parts.logger.warn({ err: error, document: live.name }, 'a checkpoint could not be written')
      this.#overdue.add(live)
      setTimeout(() => this.storeNow(instance, live), CHECKPOINT_RETRY_MS).unref()
    }
  }

  /** Tries an overdue checkpoint now; nothing happens when there is none, or the document is closed. */
  storeNow(instance: Hocuspocus, live: LiveDocument): void {
    const { document } = live
    if (!this.#overdue.has(live) || this.#parts.documents.of(document) !== live) return
    const payload = {
      instance,
      document,
      documentName: document.name,
      clientsCount: document.getConnectionsCount(),
      lastContext: {},
      lastTransactionOrigin: null,
    }
    instance.storeDocumentHooks(document, payload, true).catch((error: unknown) => {
      this.#parts.logger.warn({ err: error, document: document.name }, 'a checkpoint could not be tried')
    })
  }
}

function nameOf(documentName: string): DocumentName {
  const address = parseDocumentName(documentName)
  if (address === null) throw new NexusError('not_found', 'There is no document of this name.')
  return toDocumentName(address)
}
