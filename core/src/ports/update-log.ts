import type { Cause, ChangeType, TriggeredBy } from '../model/cause.ts'
import type { PanelId, UserId, WorkspaceId } from '../model/ids.ts'
import type { Version } from '../model/version.ts'
import type { DocumentName } from '../wire/document-name.ts'

/** One Yjs update (v1 encoding) and why it exists. */
export interface UpdateDraft extends Cause {
  readonly update: Uint8Array
}

/** Names a request, so that it is carried out once however often it is sent. */
export interface Receipt {
  /** Tells requests to one document apart: who sent it, and the key they gave it. At most 100 characters. */
  readonly id: string
  /** Of what was asked; another one under the same id is another request. At most 100 characters. */
  readonly fingerprint: string
}

/** What a request that was carried out has become. */
export interface KeptReceipt extends Receipt {
  /** The version it made, or found when it changed nothing. */
  readonly version: Version
  /** When that version was appended. */
  readonly occurredAt: Date
}

/** The updates of one document in one append, in the order they were made. */
export interface AppendEntry {
  readonly document: DocumentName
  /** At least one. Each gets a version of its own. */
  readonly updates: readonly UpdateDraft[]
  /** Append only while this is the head; checked inside the statement (strict mode). */
  readonly expectedVersion?: Version
  /** Append only if nothing was appended to the document with this receipt before; kept in the same commit. */
  readonly receipt?: Receipt
}

/** What became of one {@link AppendEntry}; same position as in the batch. */
export type AppendOutcome =
  /** Committed. The first of the updates has `fromVersion`, the last has `toVersion`; no gaps. */
  | {
      readonly state: 'appended'
      readonly fromVersion: Version
      readonly toVersion: Version
      readonly occurredAt: Date
    }
  /** `expectedVersion` was not the head. Nothing of this entry was appended. */
  | { readonly state: 'conflict'; readonly currentVersion: Version }
  /** The document was never created, or is deleted. Nothing of this entry was appended. */
  | { readonly state: 'missing' }
  /** There is something with its receipt already. Nothing of this entry was appended. */
  | { readonly state: 'repeated' }

export type AppendedOutcome = Extract<AppendOutcome, { state: 'appended' }>
export type RefusedOutcome = Exclude<AppendOutcome, AppendedOutcome>

/** What became of entries that belong together; same positions as in the batch. */
export type AppendAllOutcome =
  /** `null`: of an entry without updates. */
  | { readonly state: 'appended'; readonly outcomes: readonly (AppendedOutcome | null)[] }
  /** Nothing of any entry was appended. `null`: this one was not the reason. */
  | { readonly state: 'refused'; readonly refusals: readonly (RefusedOutcome | null)[] }

export interface LogEntry {
  readonly version: Version
  /** Of the versions the entry stands for, `version` is the last: old history is thinned. Mostly equal to `version`. */
  readonly firstVersion: Version
  readonly update: Uint8Array
  readonly userId: UserId | null
  readonly triggeredBy: TriggeredBy
  readonly triggerSource: string | null
  readonly changeType: ChangeType
  readonly clientSession: string | null
  readonly occurredAt: Date
}

/** The state of a document at `version`, as one Yjs update. */
export interface Checkpoint {
  readonly version: Version
  readonly state: Uint8Array
}

/** Everything needed to build a document: apply the checkpoint, then the tail in order. */
export interface DocumentRecord {
  readonly checkpoint: Checkpoint | null
  /** Entries after the checkpoint, ascending, without gaps. The first may stand for versions before it too. */
  readonly tail: readonly LogEntry[]
  /** Head at the moment of reading (or the version asked for); equals the last entry's or the checkpoint's version. */
  readonly version: Version
}

/** What lies behind a document's newest checkpoint. */
export interface TailSize {
  readonly updates: number
  readonly bytes: number
  /** Of the newest checkpoint; 0 when there is none. */
  readonly checkpointBytes: number
}

export interface NewDocument {
  readonly document: DocumentName
  readonly workspaceId: WorkspaceId
  readonly panelId: PanelId | null
  readonly first: UpdateDraft
}

/**
 * The log is the truth: every change of a document is one entry, and everything else can be rebuilt from it.
 *
 * Every method may reject with `NexusError('unavailable')` when the store cannot be reached. A rejected `append` may
 * or may not have been committed; appending the same updates again is harmless because applying an update twice is.
 */
export interface UpdateLog {
  /**
   * Creates documents, each with its first update at version 1.
   * A document that exists already is left as it is.
   */
  create(documents: readonly NewDocument[]): Promise<void>

  /**
   * Appends a batch over many documents in one statement, one commit. At most one entry per document.
   * When the promise resolves, every `appended` entry is committed (durable as the database is).
   * Entries are independent: a conflict or missing document does not hold up the others.
   */
  append(batch: readonly AppendEntry[]): Promise<AppendOutcome[]>

  /**
   * Appends a batch over many documents in one commit, or nothing of it: a conflict, a missing document or a kept receipt
   * refuses all. At most one entry per document. One without updates appends nothing; its condition is checked and its
   * receipt kept, with the head as its version, like those of the others.
   */
  appendAll(batch: readonly AppendEntry[]): Promise<AppendAllOutcome>

  /** Heads of those of `documents` that exist. */
  heads(documents: readonly DocumentName[]): Promise<Map<DocumentName, Version>>

  /**
   * The document at its head, or as of `version` when given (nearest checkpoint at or below it, plus the tail up to it).
   * One consistent read. `null` when the document does not exist, or `version` is above its head or has become part of a
   * later one.
   */
  read(document: DocumentName, version?: Version): Promise<DocumentRecord | null>

  /** Entries with `after < version ≤ upTo`, ascending, at most `limit` (default 10,000). */
  readTail(
    document: DocumentName,
    range: { readonly after: Version; readonly upTo?: Version; readonly limit?: number },
  ): Promise<LogEntry[]>

  /** The last version at or before `at`; `null` when the document did not exist then. */
  versionAt(document: DocumentName, at: Date): Promise<Version | null>

  /** How heavy opening the document is now, without reading it; `null` when it does not exist. */
  tailSize(document: DocumentName): Promise<TailSize | null>

  /**
   * Keeps `checkpoint` for faster opening. Never throws away entries. Saving an older or equal one again changes nothing.
   */
  saveCheckpoint(document: DocumentName, checkpoint: Checkpoint): Promise<void>
}

/** Receipts of requests, beside the log that keeps them with its appends. Methods reject as those of the log do. */
export interface Receipts {
  find(document: DocumentName, id: string): Promise<KeptReceipt | null>
  /** Of several documents at one moment; those that have none are not in it. */
  findAll(documents: readonly DocumentName[], id: string): Promise<ReadonlyMap<DocumentName, KeptReceipt>>
  /** Keeps one for a request that found `version` as it wanted it. An existing one stays. */
  keep(document: DocumentName, receipt: Receipt, version: Version): Promise<void>
  /** Throws away those kept before `time`. */
  forget(time: Date): Promise<void>
}
