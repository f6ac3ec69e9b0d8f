import {
  ERRORS,
  isNexusError,
  NexusError,
  type Receipts,
  type StateAtVersion,
  toVersion,
  type Version,
} from '@nexus/core'
import type { AppendQueue } from '@nexus/core/log'
import type { Change, Changed } from './change.ts'
import { attemptGroup } from './change-group.ts'
import { saveCheckpointIfDue } from './checkpoint.ts'
import { loadBases } from './load-bases.ts'
import type { EncodedDocument, PastDocuments } from './past-documents.ts'
import { openReplica, type Replica, type ReplicaParts } from './replica.ts'
import { type Result, saveGroup, versionConflict } from './save-group.ts'

/** Most changes that are saved by one append. */
const MAX_GROUP = 100

interface Waiting<Asked, Answer> {
  readonly asked: Asked
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: unknown) => void
}
type WaitingChange = Waiting<Change, Changed>
type WaitingRead = Waiting<Version, StateAtVersion>

interface DocumentWorkParts extends ReplicaParts {
  readonly queue: AppendQueue
  readonly past: PastDocuments
  readonly receipts: Receipts
}

/**
 * Everything this process does with one document, one thing at a time: a group of changes is applied, saved by one
 * append, and only then answered; reads come between groups, so they never see what is not saved.
 */
export interface DocumentWork {
  /** The document at `head` or newer. @throws {NexusError} `not_found` or `unavailable`. */
  read(head: Version): Promise<StateAtVersion>
  /**
   * Resolves when the change is committed.
   *
   * @throws {NexusError} `version_conflict`, `not_found`, or what the change throws: nothing has changed.
   *   `unavailable`: it may or may not have been saved.
   */
  change(change: Change): Promise<Changed>
  /**
   * Keeps everything else waiting, until it is released: for a change that is made together with those of other documents.
   * Who wants several holds them in the order of their names.
   */
  hold(): Promise<HeldDocument>
  readonly isIdle: boolean
  /** The document is in memory. */
  readonly isOpen: boolean
  /** Lets go of the replica. Call it only when idle. */
  close(): void
}

/** A document whose only user one is. */
export interface HeldDocument {
  /** At `head` or newer. @throws {NexusError} `not_found` or `unavailable`. */
  open(head: Version): Promise<Replica>
  /** The replica may hold something that is not saved. */
  letGo(): void
  release(): void
}

export function createDocumentWork(parts: DocumentWorkParts): DocumentWork {
  let changes: WaitingChange[] = []
  let reads: WaitingRead[] = []
  /** Each runs until its holder releases the document. */
  const holds: { run(): Promise<void> }[] = []
  let replica: Replica | null = null
  let isRunning = false

  const letGo = (): void => {
    replica?.stop()
    replica = null
  }
  const opened = async (heads: readonly Version[]): Promise<Replica> => {
    if (replica?.isCut === true) letGo()
    replica ??= await openReplica(parts)
    await replica.catchUp(toVersion(Math.max(...heads)))
    return replica
  }

  const runReads = async (group: readonly WaitingRead[]): Promise<void> => {
    try {
      const current = await opened(group.map(({ asked }) => asked))
      const state = await current.read()
      for (const { resolve } of group) resolve(state)
    } catch (error) {
      letGo()
      for (const { reject } of group) reject(error)
    }
  }

  const runChanges = async (group: readonly WaitingChange[]): Promise<void> => {
    try {
      if (await answerRepeated(parts, group[0])) return
      const current = await opened(group.map(({ asked }) => asked.head))
      const { ready, later, bases } = await loadBases(parts, current, group)
      changes = [...later, ...changes]
      await runGroup(current, ready, bases)
    } catch (error) {
      // It may hold something unsaved. The next replica has another client id, so that clocks are never used twice.
      letGo()
      // Those whose turn is later have had no part in it.
      for (const waiting of group) if (!changes.includes(waiting)) waiting.reject(error)
    }
  }

  const runGroup = async (
    current: Replica,
    wanted: readonly WaitingChange[],
    bases: ReadonlyMap<Change, EncodedDocument>,
  ): Promise<void> => {
    const [first] = wanted
    if (first === undefined) return
    const { expected } = first.asked
    if (expected !== null && expected !== current.version) {
      first.reject(versionConflict(current.version))
      return
    }
    const start = current.version
    const attempts = attemptGroup(
      current,
      wanted.map(({ asked }) => asked),
      bases,
    )
    const last = attempts.at(-1)
    if (last?.state === 'spoilt') {
      retryWithout(wanted, attempts.length - 1, last.error)
      return
    }
    const group = wanted.slice(0, attempts.length)
    changes = [...wanted.slice(attempts.length), ...changes]
    const results = await saveGroup(parts.queue, {
      document: parts.document,
      replica: current,
      changes: group.map(({ asked }) => asked),
      attempts,
      start,
    })
    if (last?.state === 'moot') letGo()
    if (results === 'repeated') {
      // Another process was faster by a moment. Next time its receipt is found.
      letGo()
      changes = [...group, ...changes]
      return
    }
    await refuseMissedStrict(
      parts,
      first.asked,
      results.every((result) => result.state === 'done' && !result.changed.isChanged),
    )
    await keepReceipt(parts, first.asked, results[0])
    for (const [at, result] of results.entries()) {
      if (result.state === 'done') group[at]?.resolve(result.changed)
      else group[at]?.reject(result.error)
    }
  }

  const retryWithout = (group: readonly WaitingChange[], culprit: number, error: unknown): void => {
    letGo()
    group[culprit]?.reject(error)
    changes = [...group.filter((_, at) => at !== culprit), ...changes]
  }

  const takeGroup = (): WaitingChange[] => {
    // A condition, or a receipt, is that of a whole append.
    const firstAlone = changes.findIndex(({ asked }) => asked.expected !== null || asked.receipt !== null)
    const size = firstAlone === 0 ? 1 : Math.min(MAX_GROUP, firstAlone === -1 ? changes.length : firstAlone)
    const group = changes.slice(0, size)
    changes = changes.slice(size)
    return group
  }

  const run = async (): Promise<void> => {
    if (isRunning) return
    isRunning = true
    while (changes.length > 0 || reads.length > 0 || holds.length > 0) {
      if (changes.length > 0) await runChanges(takeGroup())
      const hold = holds.shift()
      if (hold !== undefined) await hold.run()
      const group = reads
      reads = []
      if (group.length > 0) await runReads(group)
      // Here, because between groups the replica is exactly a version.
      if (replica !== null) await saveCheckpointIfDue(parts, replica)
    }
    isRunning = false
  }

  const held = (release: () => void): HeldDocument => ({
    open: (head) => opened([head]),
    letGo,
    release,
  })

  return {
    hold: () => {
      const { promise, resolve } = Promise.withResolvers<HeldDocument>()
      const released = Promise.withResolvers<void>()
      holds.push({
        run: () => {
          resolve(held(released.resolve))
          return released.promise
        },
      })
      void run()
      return promise
    },
    read: (asked) => {
      const { promise, resolve, reject } = Promise.withResolvers<StateAtVersion>()
      reads.push({ asked, resolve, reject })
      void run()
      return promise
    },
    change: (asked) => {
      const { promise, resolve, reject } = Promise.withResolvers<Changed>()
      const waiting = { asked, resolve, reject }
      changes.push({ ...waiting, reject: (error) => void refuse(parts, waiting, error) })
      void run()
      return promise
    },
    get isIdle() {
      return !isRunning
    },
    get isOpen() {
      return replica !== null
    },
    close: letGo,
  }
}

/** A strict change that changes nothing appends nothing, so its condition is checked here. */
async function refuseMissedStrict(
  { log, document }: DocumentWorkParts,
  { expected }: Change,
  isUnchanged: boolean,
): Promise<void> {
  if (expected === null || !isUnchanged) return
  const head = (await log.heads([document])).get(document)
  if (head !== undefined && head !== expected) throw versionConflict(head)
}

/**
 * Another process may have carried out the same request since its receipt was looked for, and what it did may be what
 * refuses this one.
 */
async function refuse(parts: DocumentWorkParts, waiting: WaitingChange, error: unknown): Promise<void> {
  const isAnswered =
    !isNexusError(error, 'unavailable') && (await answerRepeated(parts, waiting).catch(() => false))
  if (!isAnswered) waiting.reject(error)
}

/** Answers a change that was carried out before. @returns Whether it was. */
async function answerRepeated(
  { receipts, document }: DocumentWorkParts,
  waiting: WaitingChange | undefined,
): Promise<boolean> {
  const receipt = waiting?.asked.receipt ?? null
  if (waiting === undefined || receipt === null) return false
  const kept = await receipts.find(document, receipt.id)
  if (kept === null) return false
  if (kept.fingerprint === receipt.fingerprint) {
    waiting.resolve({
      version: kept.version,
      updatedAt: kept.occurredAt,
      isChanged: false,
      isRepeated: true,
    })
  } else waiting.reject(new NexusError('idempotency_key_reused', ERRORS.idempotency_key_reused.title))
  return true
}

/** A change that found everything as it wanted it has appended nothing that could have kept its receipt. */
async function keepReceipt(
  { receipts, document }: DocumentWorkParts,
  { receipt }: Change,
  result: Result | undefined,
): Promise<void> {
  if (receipt === null || result?.state !== 'done' || result.changed.isChanged) return
  await receipts.keep(document, receipt, result.changed.version)
}
