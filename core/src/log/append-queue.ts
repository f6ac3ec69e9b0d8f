import { isNexusError, NexusError } from '../model/errors.ts'
import type { NodeId } from '../model/ids.ts'
import type { Version } from '../model/version.ts'
import type { Fanout } from '../ports/fanout.ts'
import type { AppendAllOutcome, AppendEntry, AppendOutcome, UpdateLog } from '../ports/update-log.ts'
import type { DocumentName } from '../wire/document-name.ts'
import { backOffMs } from './back-off.ts'
import { type CommittedEntry, commitBatch, outcomesOfParts } from './commit-batch.ts'
import type { Compared } from './compare-with-log.ts'
import { createComparisons } from './comparisons.ts'
import { type Schedule, systemSchedule } from './schedule.ts'
import {
  type BatchLimits,
  createWaitingEntries,
  type Doubt,
  type QueueOutcome,
  updatesOf,
  type WaitingEntry,
} from './waiting-entries.ts'

/** One statement of this size takes PostgreSQL some tens of milliseconds; larger ones would only make others wait. */
const BATCH_LIMITS: BatchLimits = { maxUpdates: 1_000, maxBytes: 8_000_000 }
const DEFAULT_MAX_WAITING_BYTES = 64_000_000
/** Each comparison opens the document; one that is edited without a pause would be opened without end. */
const MAX_CONFLICTS = 3

export interface AppendQueueOptions {
  readonly log: UpdateLog
  readonly fanout: Fanout
  /** Named as the sender of announcements. */
  readonly nodeId: NodeId
  /** An entry was refused for its content, or an outage began. The queue goes on; this is for the log. */
  readonly onError?: (error: unknown) => void
  /** From here on `isFull` says so. */
  readonly maxWaitingBytes?: number
  readonly limits?: BatchLimits
  /**
   * Least time from the beginning of a batch of so many entries to that of the next, ms. Default: none. The more there
   * is to do, the fewer commits shall share it: each costs as much CPU as some tens of edits in it.
   */
  readonly batchGapMs?: (entryCount: number) => number
  /** A batch of so many handed-over entries has been committed, or could not be; for metrics. */
  readonly onBatch?: (batch: {
    readonly edits: number
    readonly durationMs: number
    readonly isSaved: boolean
  }) => void
  readonly schedule?: Schedule
  readonly random?: () => number
}

/** Unconditional: what people type is never refused for what others did meanwhile. */
export type LiveEdit = Omit<AppendEntry, 'expectedVersion' | 'receipt'>

export interface AppendOptions {
  /**
   * The edit came from a client that does not know whether it was saved, here or elsewhere. `at`: it adds something to
   * the log's document at this version; `null`: nobody has looked.
   */
  readonly resent?: { readonly at: Version | null }
  /** It may wait so long for others to share its commit, ms. Default: not at all. */
  readonly withinMs?: number
}

/**
 * Group commit: while one batch is being committed the next one gathers. Entries of one document keep
 * their order; nobody is told anything before the commit.
 */
export interface AppendQueue {
  /**
   * Hands over a live edit: kept and tried again until the database has decided, so an outage never rejects it. It may
   * share a commit, and a range of versions, with its neighbours.
   *
   * An edit that the log may hold already (`resent`, or after a failure of which nobody knows what it did) is appended
   * only after a comparison with the log, under the condition that the head has not moved since; of what the log holds
   * nothing is appended again.
   *
   * @returns Resolves after the commit, in order per document; `known` when the log held all of it.
   * @throws {NexusError} `unavailable` when the queue is closed. Any other error: the database refuses the content;
   *   nothing was appended.
   */
  append(entry: LiveEdit, options?: AppendOptions): Promise<QueueOutcome>
  /**
   * Hands over the change of a request: tried once, in its turn among the edits of its document. With `expectedVersion`
   * or `receipt` it shares its versions with nobody.
   *
   * @throws {NexusError} `unavailable`: perhaps committed all the same; appending it again is harmless. Any other error:
   *   the database refuses the content; nothing was appended.
   */
  appendOnce(entry: AppendEntry): Promise<AppendOutcome>
  /**
   * Appends changes of several documents in one commit, or none of them, past what waits: whoever asks has nothing else on
   * its way for these documents. Announced as every append is.
   *
   * @throws {NexusError} `unavailable`: perhaps committed all the same; appending it again is harmless.
   */
  appendAll(entries: readonly AppendEntry[]): Promise<AppendAllOutcome>
  /**
   * What waits of a client's edits may come into the log another way: it has gone, and may take them to another server.
   * They are compared with the log before they are appended; those that are on their way there already are not.
   */
  doubt(document: DocumentName, clientSession: string): void
  /** Bytes of updates handed over and not decided. */
  readonly waitingBytes: number
  /** True from `maxWaitingBytes` on: take in no more edits. What is handed over all the same is kept. */
  readonly isFull: boolean
  /** True while the database is away and something waits for it. */
  readonly isStalled: boolean
  /** Resolves when everything handed over so far is decided. */
  idle(): Promise<void>
  /** Takes nothing more, and resolves when everything handed over is decided: in an outage, not before its end. */
  close(): Promise<void>
  /**
   * Takes nothing more and tries nothing more, so that the process can end: what is undecided rejects with `unavailable`
   * (nobody was told that it is saved). Only after `close` has been given its time.
   */
  abandon(): void
}

export function createAppendQueue(options: AppendQueueOptions): AppendQueue {
  const { log, fanout, nodeId, onError = () => undefined } = options
  const { limits = BATCH_LIMITS, schedule = systemSchedule, random = Math.random } = options
  const { batchGapMs = () => 0, onBatch = () => undefined } = options
  const maxWaitingBytes = options.maxWaitingBytes ?? DEFAULT_MAX_WAITING_BYTES
  const waiting = createWaitingEntries()
  let failures = 0
  let isRunning = false
  let isClosed = false
  let endPause = (): void => undefined
  let nextBatchAt = Number.NEGATIVE_INFINITY
  /** Until when the queue waits for more to come; what is due before that ends it. */
  let gathersUntil = Number.NEGATIVE_INFINITY
  let unannounced: CommittedEntry[] = []
  let inFlight: ReadonlySet<WaitingEntry> = new Set()
  const comparisons = createComparisons({ log, onCompared, onFailed: onCompareFailed })

  function start(): void {
    if (isRunning) return
    isRunning = true
    // Not at once: all that this turn of the event loop brings shares the commit, and other people see it first.
    setImmediate(() => void run())
  }

  async function run(): Promise<void> {
    while (!waiting.isEmpty) {
      await gather()
      comparisons.begin(waiting.toCompare())
      const batch = waiting.nextBatch(limits)
      // All that waits is being compared; it goes on from there.
      if (batch.length === 0) break
      nextBatchAt = performance.now() + batchGapMs(batch.length)
      await commit(batch)
    }
    isRunning = false
  }

  /** Waits until something is due, and may be committed. */
  async function gather(): Promise<void> {
    let isTime = false
    while (!isTime) {
      gathersUntil = Math.max(nextBatchAt, waiting.dueAt)
      const earlyMs = gathersUntil - performance.now()
      // Whole ones, as timers have: what gathers for as long somewhere else ends in the same turn of the event loop.
      isTime = earlyMs <= 0 || (await pause(Math.ceil(earlyMs))) === 'elapsed'
    }
    gathersUntil = Number.NEGATIVE_INFINITY
  }

  async function commit(batch: readonly WaitingEntry[]): Promise<void> {
    inFlight = new Set(batch)
    const startedAt = performance.now()
    const tell = (isSaved: boolean): void =>
      onBatch({ edits: batch.length, durationMs: performance.now() - startedAt, isSaved })
    try {
      await commitBatch(log, batch, { onCommitted, onRefused })
      tell(true)
      failures = 0
    } catch (error) {
      tell(false)
      onOutage(error)
      if (!waiting.isEmpty) await pause(backOffMs(failures, random()))
      // Also what came during the pause: its client may have taken it to another server meanwhile.
      for (const part of waiting.all()) if (part.retry) part.doubt = OPEN
    } finally {
      inFlight = new Set()
    }
  }

  function onCompared(group: readonly WaitingEntry[], compared: Compared | null): void {
    for (const part of group) {
      if (compared === null) part.doubt = null
      else {
        const updates = part.entry.updates.filter((update) => compared.fresh.has(update))
        part.doubt = { state: 'compared', version: compared.version, updates }
        if (updates.length === 0) onKnown(part, compared)
      }
    }
    if (waiting.isEmpty) failures = 0
    start()
  }

  function onKnown(part: WaitingEntry, { version }: Compared): void {
    waiting.remove([part])
    part.decide({ state: 'known', version })
  }

  function onCompareFailed(error: unknown): void {
    onOutage(error)
    void pause(backOffMs(failures, random())).then(start)
  }

  function onCommitted(committed: CommittedEntry): void {
    if (committed.outcome.state === 'conflict' && committed.parts.some(({ doubt }) => doubt !== null)) {
      for (const part of committed.parts) onMoved(part)
      return
    }
    const outcomes = outcomesOfParts(committed)
    waiting.remove(committed.parts)
    for (const [index, part] of committed.parts.entries()) {
      const outcome = outcomes[index]
      if (outcome !== undefined) part.decide(outcome)
    }
    if (committed.outcome.state !== 'appended') return
    // After all promises: those who wait for the outcome note the versions as their own before they hear of them.
    if (unannounced.push(committed) === 1) process.nextTick(announceAll)
  }

  /** The head has moved since the comparison: it stays, and is compared again, but not for ever. */
  function onMoved(part: WaitingEntry): void {
    part.conflicts += 1
    part.doubt = part.conflicts < MAX_CONFLICTS ? OPEN : { state: 'given up', updates: updatesOf(part) }
  }

  function announceAll(): void {
    const batch = unannounced
    unannounced = []
    for (const committed of batch) announce(committed)
  }

  function announce({ entry, outcome }: CommittedEntry): void {
    if (outcome.state !== 'appended') return
    const { fromVersion, toVersion, occurredAt } = outcome
    fanout.announce({
      document: entry.document,
      sender: nodeId,
      fromVersion,
      toVersion,
      occurredAt,
      updates: entry.updates.map(({ update, userId, triggeredBy, triggerSource }) => ({
        update,
        userId,
        triggeredBy,
        triggerSource,
      })),
    })
  }

  function onRefused(part: WaitingEntry, error: unknown): void {
    waiting.remove([part])
    onError(error)
    part.refuse(error)
  }

  function onOutage(error: unknown): void {
    if (!isNexusError(error, 'unavailable') || failures === 0) onError(error)
    failures += 1
    const refused = waiting.all().filter(({ retry }) => !retry)
    waiting.remove(refused)
    for (const part of refused) part.refuse(error)
  }

  const pause = (ms: number): Promise<'elapsed' | 'ended'> =>
    new Promise((resolve) => {
      const cancel = schedule(() => resolve('elapsed'), ms)
      endPause = () => {
        cancel()
        resolve('ended')
      }
    })

  async function appendAll(entries: readonly AppendEntry[]): Promise<AppendAllOutcome> {
    if (isClosed) throw new NexusError('unavailable', 'This server is shutting down.')
    const startedAt = performance.now()
    let isSaved = false
    const outcome = await log
      .appendAll(entries)
      .then((decided) => {
        isSaved = decided.state === 'appended'
        return decided
      })
      .finally(() => onBatch({ edits: entries.length, durationMs: performance.now() - startedAt, isSaved }))
    if (outcome.state === 'appended') {
      const committed = outcome.outcomes.flatMap((appended, index) => {
        const entry = entries[index]
        return entry === undefined || appended === null ? [] : [{ entry, outcome: appended, parts: [] }]
      })
      if (unannounced.push(...committed) === committed.length) process.nextTick(announceAll)
    }
    return outcome
  }

  const together = new Set<Promise<unknown>>()
  const idle = async (): Promise<void> => {
    await Promise.allSettled([...waiting.all().map(({ settled }) => settled), ...together])
  }

  type Kind = Pick<WaitingEntry, 'retry' | 'doubt' | 'dueAt'>

  function handOver(entry: AppendEntry, kind: Kind) {
    if (isClosed) return Promise.reject(new NexusError('unavailable', 'This server is shutting down.'))
    const { promise, resolve, reject } = Promise.withResolvers<QueueOutcome>()
    waiting.add({
      entry,
      bytes: entry.updates.reduce((sum, { update }) => sum + update.length, 0),
      ...kind,
      conflicts: 0,
      decide: resolve,
      refuse: reject,
      settled: promise.then(
        () => undefined,
        () => undefined,
      ),
    })
    if (kind.dueAt < gathersUntil && nextBatchAt < gathersUntil) endPause()
    start()
    return promise
  }

  return {
    append: (entry, { resent, withinMs = 0 }: AppendOptions = {}) =>
      handOver(entry, {
        retry: true,
        doubt: resent === undefined ? null : toDoubt(entry, resent.at),
        dueAt: performance.now() + withinMs,
      }),
    async appendOnce(entry) {
      const outcome = await handOver(entry, { retry: false, doubt: null, dueAt: performance.now() })
      if (outcome.state === 'known') throw new Error('Only what is in doubt can be known already.')
      return outcome
    },
    appendAll(entries) {
      const appending = appendAll(entries)
      together.add(appending)
      return appending.finally(() => together.delete(appending))
    },
    doubt(document, clientSession) {
      for (const part of waiting.of(document)) {
        const isTheirs = part.entry.updates.some((update) => update.clientSession === clientSession)
        // What is on its way to the log cannot be called back.
        if (part.retry && isTheirs && !inFlight.has(part)) part.doubt = OPEN
      }
    },
    get waitingBytes() {
      return waiting.bytes
    },
    get isFull() {
      return waiting.bytes >= maxWaitingBytes
    },
    get isStalled() {
      return failures > 0 && !waiting.isEmpty
    },
    idle,
    close() {
      isClosed = true
      return idle()
    },
    abandon() {
      isClosed = true
      const undecided = waiting.all()
      waiting.remove(undecided)
      for (const part of undecided) {
        part.refuse(new NexusError('unavailable', 'This server was shut down before the edit was saved.'))
      }
      endPause()
    },
  }
}

const OPEN: Doubt = { state: 'open' }

const toDoubt = ({ updates }: LiveEdit, at: Version | null): Doubt =>
  at === null ? OPEN : { state: 'compared', version: at, updates }
