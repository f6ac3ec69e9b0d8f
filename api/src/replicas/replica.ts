import {
  type DocumentName,
  type Fanout,
  NexusError,
  NO_VERSION,
  type StateAtVersion,
  type UpdateLog,
  type Version,
} from '@nexus/core'
import { buildDocument, type PanelModel, panelJson, readSource, readState } from '@nexus/core/document'
import { createTail, type FollowedUpdate, followDocument, type HeadWatch, type Tail } from '@nexus/core/log'
import * as Y from 'yjs'
import type { ChangeLimits } from './change.ts'
import { followSource } from './follow-source.ts'
import { createSavedTimes } from './saved-times.ts'
import { createSizeGuard } from './size-guard.ts'

export interface ReplicaParts {
  readonly log: UpdateLog
  readonly fanout: Fanout
  readonly document: DocumentName
  /** A hole in what was heard could not be filled yet; for the log. */
  readonly onError: (error: unknown) => void
  readonly headWatch: HeadWatch
  /** The log has been put back to an earlier moment: what was read of it, of any document, may never have been. */
  readonly onLogCut: () => void
  readonly changeLimits: ChangeLimits
}

/** Origin of transactions that bring in what is in the log already. */
const FROM_LOG = 'log'

/**
 * One document in memory, kept up to date from the log.
 *
 * Between the steps of its owner it holds exactly the updates 1…`version`, and nothing that is not saved.
 */
export interface Replica {
  readonly doc: Y.Doc
  readonly changeLimits: ChangeLimits
  readonly version: Version
  /** What lies behind the newest checkpoint of the log. */
  readonly tail: Tail
  /** Whether `doc` is the document at `version` now: no more and no less. */
  readonly isExact: boolean
  /** The log ends before what this holds: it is a version of nothing any more. */
  readonly isCut: boolean
  /** Afterwards `version` is at least this. @throws {NexusError} `unavailable` when the log cannot be read. */
  catchUp(atLeast: Version): Promise<void>
  /** Own updates, applied to `doc` before, have been saved as these versions. */
  noteSaved(range: {
    readonly from: Version
    readonly to: Version
    readonly at: Date
    /** Of each of the updates. */
    readonly updateBytes: readonly number[]
  }): void
  /** The model of the source, or of the last valid one. */
  model(): PanelModel
  /** When a version was saved. */
  savedAt(version: Version): Promise<Date>
  /** The state is larger than allowed, and larger than before. */
  hasOutgrown(): boolean
  /** What programs see, at `version`. */
  read(): Promise<StateAtVersion>
  stop(): void
}

/** @throws {NexusError} `not_found` when the document does not exist, `unavailable` when the log cannot be read. */
export async function openReplica(parts: ReplicaParts): Promise<Replica> {
  const { log, document } = parts
  let isCut = false
  const times = createSavedTimes(log, document)
  let take = (_updates: readonly FollowedUpdate[]): void => undefined
  const follower = await followDocument({
    ...parts,
    onLogCut: () => {
      // It is seen at every look, until this is let go.
      if (isCut) return
      isCut = true
      parts.onLogCut()
    },
    // What has been applied is then at every moment the document at `version`.
    order: 'version',
    apply: (updates) => take(updates),
  })
  const doc = buildDocument(follower.record)
  const tail = createTail(follower.record)
  take = (updates) => {
    // One transaction each, so that no valid source in between is missed.
    for (const { version, update, occurredAt } of updates) {
      Y.applyUpdate(doc, update, FROM_LOG)
      times.note(version, occurredAt)
      tail.add(update.byteLength)
    }
  }
  const last = follower.record.tail.at(-1)
  if (last) times.note(last.version, last.occurredAt)
  const models = await followSource(log, follower, doc)
  const { changeLimits } = parts
  const size = createSizeGuard(doc, {
    maxChars: changeLimits.maxStateChars,
    measure: () => JSON.stringify(readState(doc, models.current().shape)).length,
  })
  // Others may have saved something between `version` and our own updates; `doc` is no version until that is here.
  let savedByUs = NO_VERSION

  return {
    doc,
    changeLimits,
    tail,
    get version() {
      return follower.version
    },
    get isCut() {
      return isCut
    },
    get isExact() {
      return (
        follower.version >= savedByUs && doc.store.pendingStructs === null && doc.store.pendingDs === null
      )
    },
    catchUp: async (atLeast) => {
      const wanted = Math.max(atLeast, savedByUs)
      if (follower.version >= wanted) return
      await follower.catchUp()
      if (follower.version >= wanted) return
      throw new NexusError('unavailable', 'The newest changes of the panel cannot be read yet; try again.')
    },
    noteSaved: ({ from, to, at, updateBytes }) => {
      for (const bytes of updateBytes) tail.add(bytes)
      follower.noteOwn(from, to)
      savedByUs = to
      times.note(to, at)
    },
    model: models.current,
    savedAt: times.of,
    hasOutgrown: size.hasOutgrown,
    read: async () => {
      const { version } = follower
      const json = JSON.stringify(panelJson(doc, models.current()))
      const source = readSource(doc)
      return { version, json, source, updatedAt: await times.of(version) }
    },
    stop: () => {
      follower.stop()
      doc.destroy()
    },
  }
}
