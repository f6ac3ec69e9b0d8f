export type {
  Database,
  Db,
  Manifest,
  PanelStatesTable,
  PanelsTable,
  StateCheckpointsTable,
  StateHistoryTable,
  StateSnapshotsTable,
  Trx,
  WorkspaceGitTable,
  WorkspaceMembersTable,
  WorkspacesTable,
} from './database.ts'
export { type Migration, migrate, runMigrations } from './migrate.ts'
export { createSqlUpdateLog } from './sql-update-log.ts'
export { isUnavailable, orUnavailable } from './unavailable.ts'
