import { v7 as uuidv7 } from 'uuid'

declare const brand: unique symbol
type Branded<T, Name extends string> = T & { readonly [brand]: Name }

/** UUIDv7, lower case with dashes. */
export type WorkspaceId = Branded<string, 'WorkspaceId'>
/** UUIDv7, lower case with dashes. */
export type PanelId = Branded<string, 'PanelId'>
/** Opaque; made by the accounts library. */
export type UserId = Branded<string, 'UserId'>
/** UUIDv7 of a workspace snapshot. */
export type SnapshotId = Branded<string, 'SnapshotId'>
/** One running process; new at every start. */
export type NodeId = Branded<string, 'NodeId'>

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** True for the one spelling of ids we hand out: a lower-case UUID with dashes. */
function isUuid(value: unknown): value is string {
  return typeof value === 'string' && UUID.test(value)
}

export const createWorkspaceId = (): WorkspaceId => uuidv7() as WorkspaceId
export const createPanelId = (): PanelId => uuidv7() as PanelId
export const createSnapshotId = (): SnapshotId => uuidv7() as SnapshotId
/** For things whose table only asks for some unique text: users, sessions. UUIDv7. */
export const createOpaqueId = (): string => uuidv7()
export const createNodeId = (): NodeId => uuidv7() as NodeId

/** @returns The id, or `null` when `value` is not one we could have made. */
export const parseWorkspaceId = (value: unknown): WorkspaceId | null =>
  isUuid(value) ? (value as WorkspaceId) : null
/** @returns The id, or `null` when `value` is not one we could have made. */
export const parsePanelId = (value: unknown): PanelId | null => (isUuid(value) ? (value as PanelId) : null)
/** @returns The id, or `null` when `value` is not one we could have made. */
export const parseSnapshotId = (value: unknown): SnapshotId | null =>
  isUuid(value) ? (value as SnapshotId) : null
/** @returns The id of {@link createOpaqueId}, or `null` when `value` is not one we could have made. */
export const parseOpaqueId = (value: unknown): string | null => (isUuid(value) ? value : null)
/** User ids come from our own tables or from a verified token, so any non-empty text up to 128 characters is one. */
export const toUserId = (value: string): UserId => value as UserId
