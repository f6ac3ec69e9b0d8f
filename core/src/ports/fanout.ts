import type { TriggeredBy } from '../model/cause.ts'
import type { NodeId, UserId, WorkspaceId } from '../model/ids.ts'
import type { Version } from '../model/version.ts'
import type { DocumentName } from '../wire/document-name.ts'
import type { Notice } from '../wire/notices.ts'

/** One committed update as it is announced; its version is `fromVersion` + its position. */
export interface AnnouncedUpdate {
  readonly update: Uint8Array
  readonly userId: UserId | null
  readonly triggeredBy: TriggeredBy
  readonly triggerSource: string | null
}

/** Committed updates of one document, sent after the commit. A hint: losing one delays others but loses nothing. */
export interface Announcement {
  readonly document: DocumentName
  /** The process that appended. */
  readonly sender: NodeId
  readonly fromVersion: Version
  readonly toVersion: Version
  readonly occurredAt: Date
  readonly updates: readonly AnnouncedUpdate[]
}

/** Encoded awareness states (y-protocols `encodeAwarenessUpdate`) of one document. */
export interface PresenceMessage {
  readonly document: DocumentName
  readonly sender: NodeId
  readonly awareness: Uint8Array
}

/** A process says that it lives, or that it ends: what it has told about presence is void then. */
export interface NodePulse {
  readonly node: NodeId
  readonly state: 'alive' | 'leaving'
}

export type Unsubscribe = () => void

/**
 * Carries hints between processes. Publishing never throws, never waits and never delays the caller; a message may be
 * lost, doubled or reordered. Listeners are called once per message, also in the process that sent it, and must not throw.
 */
export interface Fanout {
  announce(announcement: Announcement): void
  publishPresence(message: PresenceMessage): void
  publishNotice(notice: Notice): void
  publishPulse(pulse: NodePulse): void
  /** A session or an API key has been ended. @param credential - Its id. */
  publishEnded(credential: string): void

  /** After the promise resolves, every later announcement that is not lost reaches `listener`. */
  onAnnouncement(document: DocumentName, listener: (announcement: Announcement) => void): Promise<Unsubscribe>
  onPresence(document: DocumentName, listener: (message: PresenceMessage) => void): Promise<Unsubscribe>
  onNotice(workspaceId: WorkspaceId, listener: (notice: Notice) => void): Promise<Unsubscribe>
  /** Notices of all workspaces; for workers. */
  onAnyNotice(listener: (notice: Notice) => void): Promise<Unsubscribe>

  /** Pulses of all processes, this one included. */
  onPulse(listener: (pulse: NodePulse) => void): Promise<Unsubscribe>
  /** All that are ended, here or elsewhere. */
  onEnded(listener: (credential: string) => void): Promise<Unsubscribe>

  /** Called whenever messages may have been lost, to us or from us (a connection came back): compare heads now. */
  onGap(listener: () => void): Unsubscribe

  /** `false` while messages are surely lost; single-node work goes on. */
  isHealthy(): boolean

  close(): Promise<void>
}
