import { isNexusError } from '../model/errors.ts'
import type { UpdateLog } from '../ports/update-log.ts'
import type { DocumentName } from '../wire/document-name.ts'
import { type Compared, compareWithLog } from './compare-with-log.ts'
import type { Doubt, WaitingEntry } from './waiting-entries.ts'

/**
 * Compares those entries of a batch with the log that it may hold already, and decides those of which it holds all.
 * Entries of one document that stay are afterwards in doubt about one and the same version.
 *
 * @param onKnown - Called for an entry that is to be appended no more.
 * @returns What of `batch` is to be appended.
 * @throws {NexusError} `unavailable`
 */
export async function resolveDoubts(
  log: UpdateLog,
  batch: readonly WaitingEntry[],
  onKnown: (waiting: WaitingEntry, compared: Compared) => void,
): Promise<readonly WaitingEntry[]> {
  const known = new Set<WaitingEntry>()
  for (const [document, group] of groupsToCompare(batch)) {
    const compared = await compare(log, document, group)
    for (const waiting of group) {
      waiting.doubt = doubtAfter(waiting, compared)
      if (compared === null || waiting.doubt === null || !isKnown(waiting.doubt)) continue
      known.add(waiting)
      onKnown(waiting, compared)
    }
  }
  return known.size === 0 ? batch : batch.filter((waiting) => !known.has(waiting))
}

/** A log that cannot be read as a document has nothing to compare with; what people typed is appended all the same. */
async function compare(
  log: UpdateLog,
  document: DocumentName,
  group: readonly WaitingEntry[],
): Promise<Compared | null> {
  try {
    const updates = group.flatMap(({ entry }) => entry.updates)
    return await compareWithLog(log, document, updates)
  } catch (error) {
    if (isNexusError(error, 'unavailable')) throw error
    return null
  }
}

/** A single entry that was compared where it was made needs no second look: the append itself checks the head. */
function groupsToCompare(batch: readonly WaitingEntry[]): Map<DocumentName, WaitingEntry[]> {
  const groups = new Map<DocumentName, WaitingEntry[]>()
  for (const waiting of batch) {
    if (waiting.doubt === null) continue
    const group = groups.get(waiting.entry.document) ?? []
    groups.set(waiting.entry.document, [...group, waiting])
  }
  for (const [document, [only, second]] of groups) {
    if (only?.doubt?.state === 'compared' && second === undefined) groups.delete(document)
  }
  return groups
}

/** A document that is gone holds nothing: the append will say so. */
const doubtAfter = ({ entry }: WaitingEntry, compared: Compared | null): Doubt | null =>
  compared === null
    ? null
    : {
        state: 'compared',
        version: compared.version,
        updates: entry.updates.filter((update) => compared.fresh.has(update)),
      }

const isKnown = (doubt: Doubt): boolean => doubt.state === 'compared' && doubt.updates.length === 0
