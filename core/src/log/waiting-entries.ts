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

/** An entry somebody handed over, until it is decided. */
export interface WaitingEntry {
  readonly entry: AppendEntry
  /** Of its updates. */
  readonly bytes: number
  /** `false`: to be refused at the first failure of the database. */
  readonly retry: boolean
  /** `null`: made here just now, and never offered to the log. */
  doubt: Doubt | null
  decide(outcome: QueueOutcome): void
  refuse(error: unknown): void
  /** Resolves when it is decided or refused; never rejects. */
  readonly settled: Promise<void>
}

/** The updates that are to be appended of an entry. */
export const updatesOf = ({ entry, doubt }: WaitingEntry): readonly UpdateDraft[] =>
  doubt?.state === 'compared' ? doubt.updates : entry.updates

export interface BatchLimits {
  readonly maxUpdates: number
  /** A single entry above it goes alone. */
  readonly maxBytes: number
}

/** Entries in the order they came, per document; a document that was served goes behind the others. */
interface WaitingEntries {
  add(waiting: WaitingEntry): void
  remove(waiting: WaitingEntry): void
  /**
   * Entries for the next batch; they stay here until removed. Per document its oldest ones: one strict entry alone (its
   * condition is about the head it saw), or any number of others in a row, all of them in doubt or none.
   */
  nextBatch(limits: BatchLimits): WaitingEntry[]
  all(): WaitingEntry[]
  of(document: DocumentName): readonly WaitingEntry[]
  readonly bytes: number
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
    remove(waiting) {
      const { document } = waiting.entry
      const queue = queues.get(document) ?? []
      const index = queue.indexOf(waiting)
      if (index === -1) return
      queue.splice(index, 1)
      queues.delete(document)
      if (queue.length > 0) queues.set(document, queue)
      bytes -= waiting.bytes
    },
    nextBatch(limits) {
      const batch: WaitingEntry[] = []
      const room = { updates: limits.maxUpdates, bytes: limits.maxBytes }
      for (const queue of queues.values()) {
        for (const waiting of oldestTogether(queue)) {
          room.updates -= waiting.entry.updates.length
          room.bytes -= waiting.bytes
          if (batch.length > 0 && (room.updates < 0 || room.bytes < 0)) return batch
          batch.push(waiting)
        }
      }
      return batch
    },
    all: () => [...queues.values()].flat(),
    of: (document) => queues.get(document) ?? [],
    get bytes() {
      return bytes
    },
    get isEmpty() {
      return queues.size === 0
    },
  }
}

const isStrict = ({ entry }: WaitingEntry): boolean => entry.expectedVersion !== undefined

function oldestTogether(queue: readonly WaitingEntry[]): readonly WaitingEntry[] {
  const [first] = queue
  if (first === undefined || isStrict(first)) return queue.slice(0, 1)
  const isInDoubt = first.doubt !== null
  const end = queue.findIndex((waiting) => isStrict(waiting) || (waiting.doubt !== null) !== isInDoubt)
  return end === -1 ? queue : queue.slice(0, end)
}
