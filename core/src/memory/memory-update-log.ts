import { toVersion, type Version } from '../model/version.ts'
import { type Clock, systemClock } from '../ports/clock.ts'
import type {
  AppendAllOutcome,
  AppendEntry,
  AppendOutcome,
  Checkpoint,
  DocumentRecord,
  KeptReceipt,
  LogEntry,
  NewDocument,
  Receipts,
  RefusedOutcome,
  TailSize,
  UpdateDraft,
  UpdateLog,
} from '../ports/update-log.ts'
import type { DocumentName } from '../wire/document-name.ts'

interface StoredDocument {
  /** Index 0 is version 1. */
  readonly entries: LogEntry[]
  /** Ascending by version. */
  checkpoints: Checkpoint[]
  /** By id. */
  readonly receipts: Map<string, { readonly receipt: Omit<KeptReceipt, 'occurredAt'>; readonly keptAt: Date }>
}

/** The log in this process's memory, gone with it. For tests, and as the plainest reading of what a log is. */
export class MemoryUpdateLog implements UpdateLog {
  readonly #documents = new Map<DocumentName, StoredDocument>()
  readonly #clock: Clock

  constructor(clock: Clock = systemClock) {
    this.#clock = clock
  }

  async create(documents: readonly NewDocument[]): Promise<void> {
    for (const { document, first } of documents) {
      if (this.#documents.has(document)) continue
      const stored: StoredDocument = { entries: [], checkpoints: [], receipts: new Map() }
      this.#documents.set(document, stored)
      this.#write(stored, [first])
    }
  }

  async append(batch: readonly AppendEntry[]): Promise<AppendOutcome[]> {
    assertOneEntryPerDocument(batch)
    if (batch.some(({ updates }) => updates.length === 0)) throw new Error('An entry has no updates.')
    return batch.map((entry) => this.#appendEntry(entry))
  }

  async appendAll(batch: readonly AppendEntry[]): Promise<AppendAllOutcome> {
    assertOneEntryPerDocument(batch)
    const refusals = batch.map((entry) => this.#refusalOf(entry))
    if (refusals.some((refusal) => refusal !== null)) return { state: 'refused', refusals }
    const outcomes = batch.map((entry) => {
      if (entry.updates.length === 0) return this.#keepReceipt(entry)
      const outcome = this.#appendEntry(entry)
      return outcome.state === 'appended' ? outcome : null
    })
    return { state: 'appended', outcomes }
  }

  #keepReceipt({ document, receipt }: AppendEntry): null {
    const stored = this.#documents.get(document)
    if (stored !== undefined && receipt !== undefined)
      stored.receipts.set(receipt.id, {
        receipt: { ...receipt, version: headOf(stored) },
        keptAt: this.#clock.now(),
      })
    return null
  }

  #refusalOf({ document, expectedVersion, receipt }: AppendEntry): RefusedOutcome | null {
    const stored = this.#documents.get(document)
    if (stored === undefined) return { state: 'missing' }
    const head = headOf(stored)
    if (receipt !== undefined && stored.receipts.has(receipt.id)) return { state: 'repeated' }
    const isConflict = expectedVersion !== undefined && expectedVersion !== head
    return isConflict ? { state: 'conflict', currentVersion: head } : null
  }

  #appendEntry(entry: AppendEntry): AppendOutcome {
    const { document, updates } = entry
    const stored = this.#documents.get(document)
    const refusal = this.#refusalOf(entry)
    if (stored === undefined || refusal !== null) return refusal ?? { state: 'missing' }
    const head = headOf(stored)
    const occurredAt = this.#write(stored, updates)
    this.#keepReceipt(entry)
    return { state: 'appended', fromVersion: toVersion(head + 1), toVersion: headOf(stored), occurredAt }
  }

  #write(stored: StoredDocument, drafts: readonly UpdateDraft[]): Date {
    const previous = stored.entries.at(-1)?.occurredAt.getTime() ?? 0
    const occurredAt = new Date(Math.max(this.#clock.now().getTime(), previous))
    for (const draft of drafts) {
      const { userId, triggeredBy, triggerSource, changeType, clientSession } = draft
      const version = toVersion(headOf(stored) + 1)
      stored.entries.push({
        version,
        firstVersion: version,
        update: draft.update.slice(),
        userId,
        triggeredBy,
        triggerSource,
        changeType,
        clientSession,
        occurredAt,
      })
    }
    return occurredAt
  }

  /** Takes a document away, as an owner does who deletes a panel: from now on it is `missing`. */
  remove(document: DocumentName): void {
    this.#documents.delete(document)
  }

  readonly receipts: Receipts = {
    find: async (document, id) => {
      const stored = this.#documents.get(document)
      const kept = stored?.receipts.get(id)
      if (stored === undefined || kept === undefined) return null
      const occurredAt = stored.entries[kept.receipt.version - 1]?.occurredAt ?? kept.keptAt
      return { ...kept.receipt, occurredAt }
    },
    findAll: async (documents, id) => {
      const found = new Map<DocumentName, KeptReceipt>()
      for (const document of documents) {
        const kept = await this.receipts.find(document, id)
        if (kept !== null) found.set(document, kept)
      }
      return found
    },
    keep: async (document, receipt, version) => {
      const receipts = this.#documents.get(document)?.receipts
      if (receipts?.has(receipt.id) === false) {
        receipts.set(receipt.id, { receipt: { ...receipt, version }, keptAt: this.#clock.now() })
      }
    },
    forget: async (time) => {
      for (const { receipts } of this.#documents.values()) {
        for (const [id, { keptAt }] of receipts) if (keptAt < time) receipts.delete(id)
      }
    },
  }

  async heads(documents: readonly DocumentName[]): Promise<Map<DocumentName, Version>> {
    const heads = new Map<DocumentName, Version>()
    for (const document of documents) {
      const stored = this.#documents.get(document)
      if (stored !== undefined) heads.set(document, headOf(stored))
    }
    return heads
  }

  async read(document: DocumentName, version?: Version): Promise<DocumentRecord | null> {
    const stored = this.#documents.get(document)
    if (stored === undefined) return null
    const target = version ?? headOf(stored)
    if (target > headOf(stored)) return null
    const checkpoint = stored.checkpoints.findLast((candidate) => candidate.version <= target) ?? null
    return { checkpoint, tail: stored.entries.slice(checkpoint?.version ?? 0, target), version: target }
  }

  async readTail(
    document: DocumentName,
    { after, upTo, limit = 10_000 }: { after: Version; upTo?: Version; limit?: number },
  ): Promise<LogEntry[]> {
    return (this.#documents.get(document)?.entries ?? []).slice(after, upTo).slice(0, limit)
  }

  async versionAt(document: DocumentName, at: Date): Promise<Version | null> {
    const entries = this.#documents.get(document)?.entries ?? []
    return entries.findLast(({ occurredAt }) => occurredAt <= at)?.version ?? null
  }

  async tailSize(document: DocumentName): Promise<TailSize | null> {
    const stored = this.#documents.get(document)
    if (stored === undefined) return null
    const checkpoint = stored.checkpoints.at(-1)
    const tail = stored.entries.slice(checkpoint?.version ?? 0)
    return {
      updates: tail.length,
      bytes: tail.reduce((sum, { update }) => sum + update.byteLength, 0),
      checkpointBytes: checkpoint?.state.byteLength ?? 0,
    }
  }

  async saveCheckpoint(document: DocumentName, { version, state }: Checkpoint): Promise<void> {
    const stored = this.#documents.get(document)
    if (stored === undefined || version > headOf(stored)) return
    if (stored.checkpoints.some((known) => known.version === version)) return
    stored.checkpoints = [...stored.checkpoints, { version, state: state.slice() }].sort(
      (a, b) => a.version - b.version,
    )
  }
}

function assertOneEntryPerDocument(batch: readonly AppendEntry[]): void {
  if (new Set(batch.map(({ document }) => document)).size < batch.length) {
    throw new Error('Two entries for one document in one batch.')
  }
}

const headOf = (stored: StoredDocument): Version => toVersion(stored.entries.length)
