import type { Generated, JSONColumnType } from 'kysely'
import type { UserId, WorkspaceId } from '../model/ids.ts'
import type { JsonObject } from '../model/json.ts'
import type { Role } from '../model/role.ts'

export interface WorkspaceMembersTable {
  workspace_id: WorkspaceId
  user_id: UserId
  role: Role
  joined_at: Generated<Date>
}

/** People who may become members, with an account or without. */
export interface InvitationsTable {
  id: string
  workspace_id: WorkspaceId
  /** Lower case. */
  email: string
  role: 'editor' | 'viewer'
  token_hash: string
  invited_by: UserId
  created_at: Generated<Date>
  expires_at: Date
}

/** Who did what in a workspace, besides editing. */
export interface AuditEventsTable {
  id: string
  workspace_id: WorkspaceId
  occurred_at: Generated<Date>
  user_id: UserId
  user_name: string
  api_key_id: string | null
  address: string | null
  action: string
  details: JSONColumnType<JsonObject>
}
