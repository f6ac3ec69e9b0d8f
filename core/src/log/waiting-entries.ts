import type { Version } from '../model/version.ts'
import type { AppendEntry, AppendOutcome, UpdateDraft } from '../ports/update-log.ts'
import type { DocumentName } from '../wire/document-name.ts'

/** What became of an entry: as the log says, or the log held all of it already (at `version`) and nothing was appended. */
export type QueueOutcome = AppendOutcome | { readonly state: 'known'; readonly version: Version }

/** What is left to append of an entry of which the log may hold something already. */
export type Doubt =
  /** It is to be compared with the log first. */
  | { readonly state: 'open' }
  /** `updates` add something to the log at `version`; appended only while that is the head. */
  | { readonly state: 'compared'; readonly version: Version; readonly updates: readonly UpdateDraft[] }
  /** The head has moved too often since: what was new at the last look is appended, whatever has come meanwhile. */
  | { readonly state: 'given up'; readonly updates: readonly UpdateDraft[] }

/** An entry somebody handed over, until it is decided. */
export interface WaitingEntry {
  readonly entry: AppendEntry
  /** Of its updates. */
  readonly bytes: number
  /** `false`: to be refused at the first failure of the database. */
  readonly retry: boolean
  /** `null`: made here just now, and never offered to the log. */
  doubt: Doubt | null
  /** From this time of `performance.now()` on it shall not wait for others to share its commit. */
  readonly dueAt: number
  /** How often the head had moved between a comparison and its append. */
  conflicts: number
  decide(outcome: QueueOutcome): void
  refuse(error: unknown): void
  /** Resolves when it is decided or refused; never rejects. */
  readonly settled: Promise<void>
}

/** The updates that are to be appended of an entry. */
export const updatesOf = ({ entry, doubt }: WaitingEntry): readonly UpdateDraft[] =>
  doubt === null || doubt.state === 'open' ? entry.updates : doubt.updates

export const isOpen = ({ doubt }: WaitingEntry): boolean => doubt?.state === 'open'

export interface BatchLimits {
  readonly maxUpdates: number
  /** A single entry above it goes alone. */
  readonly maxBytes: number
}

/** Entries in the order they came, per document; a document that was served goes behind the others. */
interface WaitingEntries {
  add(waiting: WaitingEntry): void
  remove(decided: readonly WaitingEntry[]): void
  /**
   * Entries for the next batch; they stay here until removed. Per document its oldest ones: one strict entry alone (its
   * condition is about the head it saw), or one with a receipt, or any number of others in a row, all of them in doubt or none. A document whose
   * oldest entries are to be compared first is left out.
   */
  nextBatch(limits: BatchLimits): WaitingEntry[]
  /** For each document whose oldest entries are to be compared with the log: those that go together. */
  toCompare(): Iterable<{ readonly document: DocumentName; readonly group: readonly WaitingEntry[] }>
  all(): WaitingEntry[]
  of(document: DocumentName): readonly WaitingEntry[]
  readonly bytes: number
  /** When the first of them is due; Infinity when nothing waits. */
  readonly dueAt: number
  readonly isEmpty: boolean
}

export function createWaitingEntries(): WaitingEntries {
  const queues = new Map<DocumentName, WaitingEntry[]>()
  let bytes = 0
  return {
    add(waiting) {
      const queue = queues.get(waiting.entry.document)
      if (queue === undefined) queues.set(waiting.entry.document, [waiting])
      else queue.push(waiting)
      bytes += waiting.bytes
    },
    remove(decided) {
      const gone = new Set(decided)
      for (const document of new Set(decided.map(({ entry }) => entry.document))) {
        const queue = queues.get(document) ?? []
        const left = queue.filter((waiting) => !gone.has(waiting))
        for (const waiting of queue) if (gone.has(waiting)) bytes -= waiting.bytes
        queues.delete(document)
        if (left.length > 0) queues.set(document, left)
      }
    },
    nextBatch(limits) {
      const batch: WaitingEntry[] = []
      const room = { updates: limits.maxUpdates, bytes: limits.maxBytes }
      for (const queue of queues.values()) {
        const together = oldestTogether(queue)
        if (together.some(isOpen)) continue
        for (const waiting of together) {
          room.updates -= waiting.entry.updates.length
          room.bytes -= waiting.bytes
          if (batch.length > 0 && (room.updates < 0 || room.bytes < 0)) return batch
          batch.push(waiting)
        }
      }
      return batch
    },
    *toCompare() {
      for (const [document, queue] of queues) {
        const group = oldestTogether(queue)
        if (group.some(isOpen)) yield { document, group }
      }
    },
    all: () => [...queues.values()].flat(),
    of: (document) => queues.get(document) ?? [],
    get bytes() {
      return bytes
    },
    get dueAt() {
      let first = Number.POSITIVE_INFINITY
      for (const queue of queues.values()) for (const { dueAt } of queue) if (dueAt < first) first = dueAt
      return first
    },
    get isEmpty() {
      return queues.size === 0
    },
  }
}

/** A condition, or a receipt, is that of one entry. */
const isAlone = ({ entry }: WaitingEntry): boolean =>
  entry.expectedVersion !== undefined || entry.receipt !== undefined

/** What is in doubt goes alone when it was compared for itself; several in doubt are compared together. */
function oldestTogether(queue: readonly WaitingEntry[]): readonly WaitingEntry[] {
  const [first] = queue
  if (first === undefined || isAlone(first)) return queue.slice(0, 1)
  const end = queue.findIndex((waiting) => isAlone(waiting) || !isAlike(waiting.doubt, first.doubt))
  return end === -1 ? queue : queue.slice(0, end)
}

function isAlike(one: Doubt | null, other: Doubt | null): boolean {
  if (one?.state !== other?.state) return false
  return one?.state !== 'compared' || other?.state !== 'compared' || one.version === other.version
}
