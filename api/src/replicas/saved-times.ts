import { type DocumentName, NexusError, toVersion, type UpdateLog, type Version } from '@nexus/core'

/** When the versions of one document were saved. Remembers the newest, reads others from the log. */
interface SavedTimes {
  note(version: Version, at: Date): void
  /** @throws {NexusError} `not_found` when there is no such version. */
  of(version: Version): Promise<Date>
}

export function createSavedTimes(log: UpdateLog, document: DocumentName): SavedTimes {
  let newest: { readonly version: Version; readonly at: Date } | null = null
  const note = (version: Version, at: Date): void => {
    if (newest === null || newest.version < version) newest = { version, at }
  }
  return {
    note,
    of: async (version) => {
      if (newest?.version === version) return newest.at
      const at = await readSavedAt(log, document, version)
      note(version, at)
      return at
    },
  }
}

/** When a version was saved. @throws {NexusError} `not_found` when there is no such version. */
export async function readSavedAt(log: UpdateLog, document: DocumentName, version: Version): Promise<Date> {
  const [entry] = await log.readTail(document, { after: toVersion(version - 1), upTo: version, limit: 1 })
  if (entry === undefined) throw new NexusError('not_found', `The panel has no version ${version}.`)
  return entry.occurredAt
}
