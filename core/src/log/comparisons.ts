import { isNexusError } from '../model/errors.ts'
import type { UpdateLog } from '../ports/update-log.ts'
import type { DocumentName } from '../wire/document-name.ts'
import { type Compared, compareWithLog } from './compare-with-log.ts'
import type { WaitingEntry } from './waiting-entries.ts'

/** Documents compared at the same time: each is opened, and none shall hold up those who commit. */
const MAX_AT_ONCE = 2

interface ComparisonsParts {
  readonly log: UpdateLog
  /** `null`: there is nothing to compare with; what people typed is appended all the same. */
  readonly onCompared: (group: readonly WaitingEntry[], compared: Compared | null) => void
  /** The log cannot be read now; nothing has changed. */
  readonly onFailed: (error: unknown) => void
}

/** Comparisons with the log, beside the commits. */
export interface Comparisons {
  /** Begins those for which there is room; of one document one at a time. */
  begin(groups: Iterable<{ readonly document: DocumentName; readonly group: readonly WaitingEntry[] }>): void
}

export function createComparisons({ log, onCompared, onFailed }: ComparisonsParts): Comparisons {
  const underWay = new Set<DocumentName>()

  async function compare(document: DocumentName, group: readonly WaitingEntry[]): Promise<void> {
    const updates = group.flatMap(({ entry }) => entry.updates)
    try {
      const compared = await compareWithLog(log, document, updates).catch(nothingToCompareWith)
      underWay.delete(document)
      onCompared(group, compared)
    } catch (error) {
      underWay.delete(document)
      onFailed(error)
    }
  }

  return {
    begin(groups) {
      for (const { document, group } of groups) {
        if (underWay.size >= MAX_AT_ONCE) return
        if (underWay.has(document)) continue
        underWay.add(document)
        void compare(document, [...group])
      }
    },
  }
}

/** A log that cannot be read as a document is nothing to compare with. */
function nothingToCompareWith(error: unknown): null {
  if (isNexusError(error, 'unavailable')) throw error
  return null
}
