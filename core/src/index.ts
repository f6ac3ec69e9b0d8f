// The words everybody shares. Safe in a browser: no Node modules, no connection.
export type { Cause, TriggeredBy } from './model/cause.ts'
export { ERROR_FIELDS, ERRORS, type ErrorCode, isNexusError, NexusError } from './model/errors.ts'
export {
  createNodeId,
  createOpaqueId,
  createPanelId,
  createSnapshotId,
  createWorkspaceId,
  type NodeId,
  type PanelId,
  parseOpaqueId,
  parsePanelId,
  parseSnapshotId,
  parseWorkspaceId,
  type SnapshotId,
  toUserId,
  type UserId,
  type WorkspaceId,
} from './model/ids.ts'
export { isJsonObject, type Json, type JsonObject } from './model/json.ts'
export { MAX_WORKSPACES_OF_PLAN, type Plan } from './model/plan.ts'
export { canWrite, isOwner, ROLES, type Role } from './model/role.ts'
export { includesScope, SCOPES, type Scope } from './model/scope.ts'
export { SSO_REFUSALS, type SsoRefusal } from './model/sso-refusals.ts'
export { NO_VERSION, parseVersion, toVersion, type Version } from './model/version.ts'
export { waitAtMost } from './model/wait-at-most.ts'
export { type Clock, systemClock } from './ports/clock.ts'
export {
  type CommitDiff,
  type CommitDiffs,
  FILE_CHANGES,
  type FileChange,
  type FileDiff,
} from './ports/commit-diffs.ts'
export type {
  AnnouncedUpdate,
  Announcement,
  Fanout,
  NodePulse,
  PresenceMessage,
  Unsubscribe,
} from './ports/fanout.ts'
export type { SavedMoment, StateAtVersion, StateCache } from './ports/state-cache.ts'
export type {
  AppendAllOutcome,
  AppendEntry,
  AppendedOutcome,
  AppendOutcome,
  Checkpoint,
  DocumentRecord,
  KeptReceipt,
  LogEntry,
  NewDocument,
  Receipt,
  Receipts,
  UpdateDraft,
  UpdateLog,
} from './ports/update-log.ts'
export { CLOSE_CODES } from './wire/close-codes.ts'
export {
  type DocumentName,
  panelDocumentName,
  parseDocumentName,
  toDocumentName,
} from './wire/document-name.ts'
export * as limits from './wire/limits.ts'
export type { Notice } from './wire/notices.ts'
