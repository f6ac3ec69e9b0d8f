import { isNexusError } from '../model/errors.ts'
import { toVersion } from '../model/version.ts'
import type { AppendEntry, AppendOutcome, UpdateLog } from '../ports/update-log.ts'
import type { DocumentName } from '../wire/document-name.ts'
import { isOpen, type QueueOutcome, updatesOf, type WaitingEntry } from './waiting-entries.ts'

/** What became of one append: the entry as it was appended (several handed-over ones merged), and whose it was. */
export interface CommittedEntry {
  readonly entry: AppendEntry
  readonly outcome: AppendOutcome
  readonly parts: readonly WaitingEntry[]
}

interface CommitListeners {
  /** Called for each document after its commit, in the order of the batch. */
  onCommitted(committed: CommittedEntry): void
  /** The database refuses this one for what it contains; the others are not held up. */
  onRefused(waiting: WaitingEntry, error: unknown): void
}

/**
 * Appends `batch` in one commit. When the database refuses it for its content, the batch is halved until the offender
 * stands alone.
 *
 * @throws {NexusError} `unavailable`. What no listener was told about is undecided (perhaps committed) and may be
 *   appended again.
 */
export async function commitBatch(
  log: UpdateLog,
  batch: readonly WaitingEntry[],
  listeners: CommitListeners,
): Promise<void> {
  if (batch.length === 0) return
  const merged = mergeByDocument(batch)
  let outcomes: AppendOutcome[]
  try {
    outcomes = await log.append(merged.map(({ entry }) => entry))
  } catch (error) {
    if (isNexusError(error, 'unavailable')) throw error
    await commitHalves(log, batch, listeners, error)
    return
  }
  for (const [index, { entry, parts }] of merged.entries()) {
    const outcome = outcomes[index]
    if (outcome === undefined) throw new Error(`The log has not said what became of ${entry.document}.`)
    listeners.onCommitted({ entry, parts, outcome })
  }
}

async function commitHalves(
  log: UpdateLog,
  batch: readonly WaitingEntry[],
  listeners: CommitListeners,
  error: unknown,
): Promise<void> {
  const [only, second] = batch
  if (only === undefined) return
  if (second === undefined) {
    listeners.onRefused(only, error)
    return
  }
  const middle = Math.ceil(batch.length / 2)
  await commitBatch(log, batch.slice(0, middle), listeners)
  await commitBatch(log, batch.slice(middle), listeners)
}

/** One entry per document, since a batch may hold only one. Strict entries stand alone already. */
function mergeByDocument(batch: readonly WaitingEntry[]): { entry: AppendEntry; parts: WaitingEntry[] }[] {
  const groups = new Map<DocumentName, WaitingEntry[]>()
  for (const waiting of batch) {
    const group = groups.get(waiting.entry.document)
    if (group === undefined) groups.set(waiting.entry.document, [waiting])
    else group.push(waiting)
  }
  return [...groups.entries()].map(([document, parts]) => ({ entry: mergeParts(document, parts), parts }))
}

/** What is in doubt was compared with one and the same version: that of the first is that of all. */
function mergeParts(document: DocumentName, parts: readonly WaitingEntry[]): AppendEntry {
  const [first, second] = parts
  if (first !== undefined && second === undefined && first.doubt === null) return first.entry
  if (parts.some(isOpen)) throw new Error(`What is to be compared first was to be appended to ${document}.`)
  const merged = { document, updates: parts.flatMap(updatesOf) }
  return first?.doubt?.state === 'compared' ? { ...merged, expectedVersion: first.doubt.version } : merged
}

/** The outcome of each part: of a range of versions, the piece that is its own. */
export function outcomesOfParts({ outcome, parts }: CommittedEntry): QueueOutcome[] {
  if (outcome.state !== 'appended') return parts.map(() => outcome)
  let next = outcome.fromVersion
  return parts.map((part) => {
    const { length } = updatesOf(part)
    if (length === 0) return { state: 'known', version: outcome.fromVersion }
    const fromVersion = next
    next = toVersion(fromVersion + length)
    return { ...outcome, fromVersion, toVersion: toVersion(next - 1) }
  })
}
