import type { UserId } from './ids.ts'

/** Who or what set a change off. */
export const TRIGGERS = ['user', 'ai', 'api', 'system'] as const
export type TriggeredBy = (typeof TRIGGERS)[number]

/** What a log entry did to its document. */
export const CHANGE_TYPES = ['created', 'updated', 'deleted', 'reverted'] as const
export type ChangeType = (typeof CHANGE_TYPES)[number]

/** Why an update exists; stored with every log entry. */
export interface Cause {
  /** `null` only for changes the system makes by itself. */
  readonly userId: UserId | null
  readonly triggeredBy: TriggeredBy
  /** Handler name, suggestion id or client name; at most 200 characters. */
  readonly triggerSource: string | null
  readonly changeType: ChangeType
  /** The editing session (one browser tab, one API key) the update came from, when known. */
  readonly clientSession: string | null
}
