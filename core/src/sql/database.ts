import type { ColumnType, Generated, JSONColumnType, Kysely, Transaction } from 'kysely'
import type { ChangeType, TriggeredBy } from '../model/cause.ts'
import type { PanelId, SnapshotId, UserId, WorkspaceId } from '../model/ids.ts'
import type { JsonObject } from '../model/json.ts'
import type { Version } from '../model/version.ts'
import type { DocumentName } from '../wire/document-name.ts'
import type {
  AccountsTable,
  AccountTokensTable,
  ApiKeysTable,
  JwksTable,
  SessionsTable,
  SsoAnswersTable,
  SsoIdentitiesTable,
  UsersTable,
} from './accounts-tables.ts'
import type { AuditEventsTable, InvitationsTable, WorkspaceMembersTable } from './members-tables.ts'

/** {panel id: version} */
export type Manifest = Record<string, number>

interface PanelStatesTable {
  document: DocumentName
  workspace_id: WorkspaceId
  panel_id: PanelId | null
  version: Version
  checkpoint_version: Version
  log_bytes: Generated<number>
  tail_bytes: Generated<number>
  created_at: Generated<Date>
  updated_at: Generated<Date>
  deleted_at: Date | null
}

export interface StateHistoryTable {
  document: DocumentName
  version: Version
  /** Of the versions the row stands for; `null`: it stands for `version` alone. */
  first_version: Generated<Version | null>
  update_data: Uint8Array
  user_id: UserId | null
  triggered_by: TriggeredBy
  trigger_source: string | null
  change_type: ChangeType
  client_session: string | null
  occurred_at: Generated<Date>
}

interface StateCheckpointsTable {
  document: DocumentName
  version: Version
  state: Uint8Array
  created_at: Generated<Date>
}

interface AppendReceiptsTable {
  document: DocumentName
  id: string
  fingerprint: string
  version: Version
  created_at: Generated<Date>
}

interface HistoryThinningTable {
  document: DocumentName
  /** Every version above it has a row of its own. */
  thinned_to: Version
}

interface WorkspacesTable {
  id: WorkspaceId
  name: string
  description: Generated<string>
  owner_id: UserId
  status: Generated<'active' | 'suspended' | 'archived'>
  created_at: Generated<Date>
  updated_at: Generated<Date>
  deleted_at: Date | null
  /** Whose account it was deleted with. */
  deleted_with_account: ColumnType<UserId | null, UserId | null | undefined>
}

/** Gone for good, but for their repositories. */
interface PurgedWorkspacesTable {
  workspace_id: WorkspaceId
  purged_at: Generated<Date>
  /** A Git server has commits of it. */
  is_pushed: Generated<boolean>
  failures: Generated<number>
}

interface PanelsTable {
  id: PanelId
  workspace_id: WorkspaceId
  name: string
  panel_type: string
  position: number
  status: Generated<'active' | 'archived'>
  created_by: UserId
  created_at: Generated<Date>
  updated_at: Generated<Date>
  deleted_at: Date | null
}

interface StateSnapshotsTable {
  id: SnapshotId
  workspace_id: WorkspaceId
  type: 'manual' | 'auto' | 'pre_ai_edit'
  description: Generated<string>
  created_by: UserId | null
  commit_to_git: Generated<boolean>
  state: Generated<'requested' | 'created' | 'failed'>
  manifest: JSONColumnType<Manifest> | null
  panel_count: number | null
  total_size_bytes: number | null
  git_commit: string | null
  git_branch: string | null
  error: string | null
  error_code: ColumnType<string | null, string | null | undefined>
  created_at: Generated<Date>
  completed_at: Date | null
  request_id: ColumnType<string | null, string | null | undefined>
  request_fingerprint: ColumnType<string | null, string | null | undefined>
}

interface WorkspaceCommitsTable {
  workspace_id: WorkspaceId
  hash: string
  number: number
  message: string
  author_name: string
  author_email: string
  committed_at: Date
  panels_changed: number
  snapshot_id: SnapshotId | null
  manifest: JSONColumnType<Manifest>
}

interface WorkspaceGitTable {
  workspace_id: WorkspaceId
  branch: Generated<string>
  head_commit: string | null
  manifest: JSONColumnType<Manifest>
  fingerprint: Generated<string>
  committed_at: Date | null
  lease_owner: string | null
  lease_until: Date | null
  packed_number: Generated<number>
  packed_whole_at: ColumnType<string | null, string | null | undefined>
  pushed_commit: ColumnType<string | null, string | null | undefined>
  pushed_at: ColumnType<Date | null, Date | null | undefined>
  push_error: ColumnType<string | null, string | null | undefined>
  push_failures: Generated<number>
  push_next_at: ColumnType<Date | null, Date | null | undefined>
  size_bytes: Generated<number>
  commit_error: ColumnType<string | null, string | null | undefined>
}

interface PanelProjectionsTable {
  panel_id: PanelId
  workspace_id: WorkspaceId
  version: number
  state: JSONColumnType<JsonObject>
  updated_at: Generated<Date>
}

/** Columns of the tables in `core/migrations`, as both PostgreSQL and PGlite hand them out (bigint → number). */
export interface Database {
  panel_states: PanelStatesTable
  state_history: StateHistoryTable
  state_checkpoints: StateCheckpointsTable
  append_receipts: AppendReceiptsTable
  history_thinning: HistoryThinningTable
  workspaces: WorkspacesTable
  workspace_members: WorkspaceMembersTable
  invitations: InvitationsTable
  audit_events: AuditEventsTable
  panels: PanelsTable
  purged_workspaces: PurgedWorkspacesTable
  state_snapshots: StateSnapshotsTable
  panel_projections: PanelProjectionsTable
  workspace_git: WorkspaceGitTable
  workspace_commits: WorkspaceCommitsTable
  users: UsersTable
  sessions: SessionsTable
  api_keys: ApiKeysTable
  accounts: AccountsTable
  account_tokens: AccountTokensTable
  sso_identities: SsoIdentitiesTable
  sso_answers: SsoAnswersTable
  jwks: JwksTable
}

export type Db = Kysely<Database>
/** Inside a transaction use this one only: with PGlite there is one session, and the outer one would wait for it. */
export type Trx = Transaction<Database>
