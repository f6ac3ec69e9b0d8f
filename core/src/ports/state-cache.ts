import type { Version } from '../model/version.ts'
import type { DocumentName } from '../wire/document-name.ts'

/** Which content of a document is meant. The time tells two contents of one version apart: a log can be put back. */
export interface SavedMoment {
  readonly version: Version
  /** When the version was saved, to the millisecond. */
  readonly updatedAt: Date
}

/** What programs see of a panel at one version. */
export interface StateAtVersion extends SavedMoment {
  /** `{"$state": …, "$computed": …}` as JSON text. */
  readonly json: string
  /** NXML text; `null` for a free-form panel. */
  readonly source: string | null
}

/**
 * The newest state of documents that some process has built, for the others. A hint: it forgets whenever it likes, never
 * throws and never makes anybody wait for long; what it does not have is read from the log.
 */
export interface StateCache {
  /**
   * The state at exactly this moment, which is that of the newest version in the database: never an older one, and never
   * one that was newer before the log was put back. `null` when it is not at hand.
   */
  get(document: DocumentName, moment: SavedMoment): Promise<StateAtVersion | null>
  /** Takes the place of what was there. Does not wait. */
  put(document: DocumentName, state: StateAtVersion): void
  /** Afterwards there is nothing to get and nothing is put. */
  close(): Promise<void>
}
