import type { TriggeredBy } from '../model/cause.ts'
import { NexusError } from '../model/errors.ts'
import type { UserId } from '../model/ids.ts'
import { toVersion, type Version } from '../model/version.ts'
import type { Announcement, Fanout } from '../ports/fanout.ts'
import type { DocumentRecord, UpdateLog } from '../ports/update-log.ts'
import type { DocumentName } from '../wire/document-name.ts'
import type { HeadWatch } from './head-watch.ts'
import { createKnownVersions } from './known-versions.ts'
import { type Schedule, systemSchedule } from './schedule.ts'

/** How long an announcement may come after a later one before it counts as lost, ms. */
const DEFAULT_GAP_WAIT_MS = 30
/** Pause before the log is asked again when it could not be read, ms. */
const RETRY_MS = 1_000
/** An announcement this far beyond what is known is no help: the log is read. One that lies would do harm. */
const MAX_AHEAD = 100_000
/** Entries per read of the tail. */
const PAGE = 1_000

export interface FollowedUpdate {
  readonly version: Version
  readonly update: Uint8Array
  readonly userId: UserId | null
  readonly triggeredBy: TriggeredBy
  readonly triggerSource: string | null
  readonly occurredAt: Date
}

export interface FollowDocumentOptions {
  readonly log: UpdateLog
  readonly fanout: Fanout
  readonly document: DocumentName
  /**
   * Gets every update after the record, each once unless `apply` throws. Not called in the turn of the event loop in which
   * `followDocument` resolves: build the document from the record there.
   */
  readonly apply: (updates: readonly FollowedUpdate[]) => void
  /**
   * `arrival` (default): as soon as they are here, in whatever order; Yjs does not mind. `version`: a later one waits for
   * those before it, so that what was applied is at every moment the document at `version`.
   */
  readonly order?: 'arrival' | 'version'
  /** Compares this document's head too, until `stop`. */
  readonly headWatch?: HeadWatch
  readonly gapWaitMs?: number
  readonly schedule?: Schedule
  /** The log ends at `head`, before what this document has: it is a version of nothing any more. */
  readonly onLogCut?: (head: Version) => void
  /** A hole could not be filled, or `apply` threw; the log is read again later. */
  readonly onError?: (error: unknown) => void
}

/** Keeps a document in memory level with its log. */
export interface DocumentFollower {
  readonly document: DocumentName
  /** What was read at opening. */
  readonly record: DocumentRecord
  /** Everything up to here is in the record, was applied, or was noted as own. */
  readonly version: Version
  /** These were appended from the document itself: do not apply them to it. Call it when the append resolves. */
  noteOwn(from: Version, to: Version): void
  /**
   * Reads what is missing now. Afterwards everything committed before the call has been applied.
   * @throws {NexusError} `unavailable`
   */
  catchUp(): Promise<void>
  /** Afterwards `apply` is not called any more. */
  stop(): void
}

/**
 * Opens a document and follows its log: by announcements, and by reading where announcements are missing.
 *
 * @throws {NexusError} `not_found` when there is no such document, `unavailable`. Nothing is subscribed then.
 */
export async function followDocument(options: FollowDocumentOptions): Promise<DocumentFollower> {
  const { log, fanout, document } = options
  const early: Announcement[] = []
  let hear = (announcement: Announcement): void => void early.push(announcement)
  // Before reading: what commits in between would be neither in the record nor heard.
  const unsubscribe = await fanout.onAnnouncement(document, (announcement) => hear(announcement))
  try {
    const record = await log.read(document)
    if (record === null) throw new NexusError('not_found', `There is no document ${document}.`)
    const follower = createFollower(options, record, unsubscribe)
    setImmediate(() => {
      hear = follower.hear
      for (const announcement of early) follower.hear(announcement)
    })
    return follower
  } catch (error) {
    unsubscribe()
    throw error
  }
}

function createFollower(
  options: FollowDocumentOptions,
  record: DocumentRecord,
  unsubscribe: () => void,
): DocumentFollower & { hear(announcement: Announcement): void } {
  const { log, document, apply, headWatch, order = 'arrival', gapWaitMs = DEFAULT_GAP_WAIT_MS } = options
  const { schedule = systemSchedule, onError = () => undefined } = options
  const known = createKnownVersions(record.version)
  /** By first version; only with `order: 'version'`. */
  const held = new Map<Version, readonly FollowedUpdate[]>()
  let isStopped = false
  let cancelHealing: (() => void) | null = null
  let reading: Promise<void> | null = null
  let readingAgain: Promise<void> | null = null

  /** Applies what is new of `updates`, which are all that the log has after `after`, up to the last of them. */
  function take(updates: readonly FollowedUpdate[], after: Version): void {
    const last = updates.at(-1)
    if (isStopped || last === undefined) return
    const fresh = updates.filter(({ version }) => !known.has(version))
    if (fresh.length > 0) apply(fresh)
    // Only now: if `apply` throws, they are still missing and will be read.
    known.add(toVersion(after + 1), last.version)
    takeHeld()
  }

  /** Goes on with what waited for the versions before it. */
  function takeHeld(): void {
    for (const [from, updates] of held) {
      if (from > known.contiguous + 1) continue
      held.delete(from)
      take(updates, toVersion(from - 1))
      return
    }
  }

  function hear({ fromVersion, occurredAt, updates }: Announcement): void {
    if (fromVersion > known.contiguous + MAX_AHEAD) {
      if (!isStopped) void heal()
      return
    }
    const followed = updates.map((update, index) => ({
      ...update,
      version: toVersion(fromVersion + index),
      occurredAt,
    }))
    try {
      if (order === 'version' && fromVersion > known.contiguous + 1) held.set(fromVersion, followed)
      else take(followed, toVersion(fromVersion - 1))
    } catch (error) {
      onError(error)
    }
    healSoon(gapWaitMs)
  }

  const hasHole = (): boolean => known.hasHole || held.size > 0

  function healSoon(afterMs: number): void {
    if (!hasHole() || isStopped || cancelHealing !== null) return
    cancelHealing = schedule(() => {
      cancelHealing = null
      if (hasHole()) void heal()
    }, afterMs)
  }

  async function heal(): Promise<void> {
    try {
      await catchUp()
    } catch (error) {
      onError(error)
      healSoon(RETRY_MS)
    }
  }

  async function readOn(): Promise<void> {
    for (;;) {
      const after = known.contiguous
      const entries = await log.readTail(document, { after, limit: PAGE })
      take(entries, after)
      if (isStopped || entries.length < PAGE) return
    }
  }

  function catchUp(): Promise<void> {
    if (reading === null) {
      reading = readOn().finally(() => {
        reading = null
      })
      return reading
    }
    // What is being read may have begun before the caller's commit: one more time, for all who ask meanwhile.
    readingAgain ??= reading.then(readAgain, readAgain)
    return readingAgain
  }

  function readAgain(): Promise<void> {
    readingAgain = null
    return catchUp()
  }

  const follower = {
    document,
    record,
    get version() {
      return known.contiguous
    },
    noteOwn(from: Version, to: Version) {
      known.add(from, to)
      takeHeld()
      healSoon(gapWaitMs)
    },
    catchUp,
    hear,
    onLogCut(head: Version) {
      options.onLogCut?.(head)
    },
    stop() {
      isStopped = true
      unsubscribe()
      unwatch?.()
      cancelHealing?.()
    },
  }
  const unwatch = headWatch?.watch(follower)
  return follower
}
