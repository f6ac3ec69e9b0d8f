import type { Document } from '@hocuspocus/server'
import {
  type Cause,
  type DocumentName,
  type DocumentRecord,
  type Fanout,
  NexusError,
  type UpdateLog,
  type Version,
} from '@nexus/core'
import {
  type AppendQueue,
  createTail,
  type DocumentFollower,
  type FollowedUpdate,
  followDocument,
  type HeadWatch,
  type QueueOutcome,
  type Tail,
} from '@nexus/core/log'
import * as Y from 'yjs'
import { createUnsavedEdits, type UnsavedEdits } from './unsaved-edits.ts'

/** Origin of everything that comes out of the log, so that it is never written into it again. */
export const FROM_LOG = Object.freeze({ source: 'local' as const })

interface LiveDocumentParts {
  readonly document: Document
  readonly name: DocumentName
  readonly log: UpdateLog
  readonly fanout: Fanout
  readonly queue: AppendQueue
  readonly headWatch: HeadWatch
  /** Everything handed to the log so far is committed. */
  readonly onAllSaved: (live: LiveDocument) => void
  /** The log will never take this document's edits: it was deleted, or they are refused. The copy here is worthless. */
  readonly onLost: (live: LiveDocument, error: NexusError) => void
  /** Something went wrong that is tried again. */
  readonly onError: (error: unknown) => void
}

/** Why an edit was made, and whether its client may have had it saved before. */
export interface SavedEdit extends Cause {
  readonly isResent: boolean
}

/** One document in this process's memory, tied to its log. */
export class LiveDocument {
  readonly document: Document
  readonly name: DocumentName
  readonly tail: Tail
  readonly #parts: LiveDocumentParts
  readonly #unsaved: UnsavedEdits
  readonly #follower: DocumentFollower
  /** Newest version that is in the document, with or without everything before it. */
  #newest: Version
  /** Updates from the log (v2 encoding) that came before what they build on. */
  #early: Uint8Array[] = []
  #isLost = false

  private constructor(parts: LiveDocumentParts, follower: DocumentFollower) {
    this.document = parts.document
    this.name = parts.name
    this.#parts = parts
    this.#follower = follower
    this.#newest = follower.record.version
    this.#unsaved = createUnsavedEdits(() => parts.onAllSaved(this))
    this.tail = createTail(follower.record)
  }

  /**
   * Fills `parts.document` with what the log has, and keeps it up to date until it is destroyed.
   *
   * @throws {NexusError} `not_found` when the log does not know the document, `unavailable` when it cannot be read.
   */
  static async open(parts: LiveDocumentParts): Promise<LiveDocument> {
    const { document } = parts
    let live: LiveDocument | null = null
    const follower = await followDocument({
      log: parts.log,
      fanout: parts.fanout,
      headWatch: parts.headWatch,
      document: parts.name,
      apply: (updates) => {
        if (live !== null) live.#applyFromLog(updates)
      },
      onError: parts.onError,
      onLogCut: (head) => {
        if (live !== null) live.#lose(cutError(parts.name, head))
      },
    })
    if (document.isDestroyed) {
      follower.stop()
      throw new NexusError('unavailable', `Document ${parts.name} was given up before it could be read.`)
    }
    live = new LiveDocument(parts, follower)
    live.#load(follower.record)
    document.on('destroy', () => follower.stop())
    return live
  }

  /** Highest version of which, and of everything before it, this copy has all. */
  get version(): Version {
    return this.#follower.version
  }

  get isLost(): boolean {
    return this.#isLost
  }

  get unsavedCount(): number {
    return this.#unsaved.count
  }

  /** Whether this copy is the document at {@link version}: nothing more, nothing less. */
  get isExact(): boolean {
    return !this.#isLost && this.#unsaved.count === 0 && this.#newest === this.version
  }

  /**
   * Hands an edit that is already part of the document to the log. Never throws, never waits.
   *
   * @param isResent - Its client sent all it had, not knowing what was saved: the log may hold it although this copy did
   *   not. An exact copy has just shown what is new; otherwise the log itself is asked.
   */
  save(update: Uint8Array, { isResent, ...cause }: SavedEdit): void {
    if (this.#isLost) return
    const resent = isResent ? { resent: { at: this.isExact ? this.version : null } } : {}
    // What goes out to a crowd together is saved together.
    const withinMs = this.document.flushDelay || 0
    const edit = this.#unsaved.begin()
    this.#parts.queue
      .append({ document: this.name, updates: [{ update, ...cause }] }, { ...resent, withinMs })
      .then(
        (outcome) => this.#saved(edit, update, outcome),
        (error: unknown) => this.#lose(toNexusError(error, this.name)),
      )
      .catch(this.#parts.onError)
  }

  /** A client has gone, and may take what is not saved yet to another server. */
  clientLeft(clientSession: string): void {
    if (this.#unsaved.count > 0) this.#parts.queue.doubt(this.name, clientSession)
  }

  /** Calls `release` when all that is in the document now is committed; never when it cannot be. */
  whenSaved(release: () => void): void {
    this.#unsaved.whenSaved(release)
  }

  #saved(edit: number, update: Uint8Array, outcome: QueueOutcome): void {
    if (outcome.state === 'appended') {
      this.#follower.noteOwn(outcome.fromVersion, outcome.toVersion)
      this.#reached(outcome.toVersion)
      this.tail.add(update.byteLength)
      this.#unsaved.settle(edit)
    } else if (outcome.state === 'known') {
      // It stands at a version up to this one: until all of them are here, this copy is more than its version.
      this.#reached(outcome.version)
      this.#unsaved.settle(edit)
      // Somebody else has appended it, and perhaps more, of which nobody may have told us.
      if (this.version < outcome.version) this.#follower.catchUp().catch(this.#parts.onError)
    } else {
      this.#lose(new NexusError('not_found', `Document ${this.name} does not exist any more.`))
    }
  }

  #load({ checkpoint, tail }: DocumentRecord): void {
    this.document.on('afterTransaction', ({ origin }: Y.Transaction) => this.#takeAside(origin === FROM_LOG))
    // One transaction: four times faster than one for each (measured, hocuspocus 4.7).
    untold(this.document, () =>
      this.document.transact(() => {
        if (checkpoint !== null) Y.applyUpdate(this.document, checkpoint.state, FROM_LOG)
        for (const { update } of tail) Y.applyUpdate(this.document, update, FROM_LOG)
      }, FROM_LOG),
    )
  }

  #applyFromLog(updates: readonly FollowedUpdate[]): void {
    const early = this.#early
    this.#early = []
    this.document.transact(() => {
      for (const { update } of updates) Y.applyUpdate(this.document, update, FROM_LOG)
      for (const update of early) Y.applyUpdateV2(this.document, update, FROM_LOG)
    }, FROM_LOG)
    // They have waited for a commit and a hop already: where nothing is gathered for a crowd, on they go.
    if (this.document.flushDelay === 0) this.document.flush()
    for (const { version, update } of updates) {
      this.#reached(version)
      this.tail.add(update.byteLength)
    }
  }

  #reached(version: Version): void {
    if (version > this.#newest) this.#newest = version
  }

  /**
   * Yjs keeps updates aside that build on something it does not have, adds them to what it encodes, and completes them
   * in whichever transaction brings the rest. Then a checkpoint would hold what the log does not, and a transaction
   * from the log would bring in edits that are in no log. So nothing stays there: what came from the log is kept here
   * until the rest has come; what came from a socket is forgotten, and the ack gate asks its client for all of it.
   */
  #takeAside(isFromLog: boolean): void {
    const { store } = this.document
    if (isFromLog && store.pendingStructs !== null) this.#early.push(store.pendingStructs.update)
    if (isFromLog && store.pendingDs !== null) this.#early.push(store.pendingDs)
    store.pendingStructs = null
    store.pendingDs = null
  }

  #lose(error: NexusError): void {
    if (this.#isLost) return
    this.#isLost = true
    this.#unsaved.abandon()
    this.#parts.onLost(this, error)
  }
}

/**
 * Without listeners of `update` Yjs does not encode what has changed: here that would be the whole document, an eighth of
 * the time of opening it, and it would be sent to the first who connects, who asks for it anyway.
 */
function untold(document: Document, change: () => void): void {
  const listeners = document._observers.get('update')
  document._observers.delete('update')
  try {
    change()
  } finally {
    if (listeners !== undefined) document._observers.set('update', listeners)
  }
}

/** Every client still has what the log has lost; they bring it when they open the document anew. */
const cutError = (name: DocumentName, head: Version): NexusError =>
  new NexusError('internal', `The log of ${name} ends at version ${head}, before what was saved in it.`)

function toNexusError(error: unknown, name: DocumentName): NexusError {
  if (error instanceof NexusError) return error
  return new NexusError('internal', `The log refused an edit of ${name}.`, { cause: error })
}
