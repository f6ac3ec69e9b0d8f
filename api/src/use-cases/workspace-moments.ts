import {
  NexusError,
  type PanelId,
  parsePanelId,
  type SnapshotId,
  toVersion,
  type Version,
  type WorkspaceId,
} from '@nexus/core'
import type { Db, Manifest } from '@nexus/core/sql'

/** A moment of the past that has a name. */
export type PastMoment =
  | { readonly kind: 'snapshot'; readonly snapshotId: SnapshotId }
  | { readonly kind: 'commit'; readonly hash: string }

/** Which moment of a workspace is asked for. */
export type WorkspaceMoment = { readonly kind: 'newest' } | PastMoment

export interface PanelVersion {
  readonly panelId: PanelId
  readonly version: Version
}

export interface FoundMoment {
  readonly panels: readonly PanelVersion[]
  readonly at: Date
  readonly snapshotId: SnapshotId | null
  readonly gitCommit: string | null
}

/** Which version every panel had then. @throws {NexusError} `not_found` for an unknown snapshot or commit. */
export async function findMoment(db: Db, workspaceId: WorkspaceId, moment: PastMoment): Promise<FoundMoment> {
  const found =
    moment.kind === 'snapshot'
      ? await findSnapshot(db, workspaceId, moment.snapshotId)
      : await findCommit(db, workspaceId, moment.hash)
  if (found === null) throw new NexusError('not_found', 'There is no such snapshot in this workspace.')
  return {
    panels: panelVersions(found.manifest),
    at: found.at,
    snapshotId: found.id,
    gitCommit: found.git_commit,
  }
}

interface FoundRow {
  readonly id: SnapshotId | null
  readonly manifest: Manifest
  readonly at: Date
  readonly git_commit: string | null
}

const panelVersions = (manifest: Manifest): PanelVersion[] =>
  Object.entries(manifest).flatMap(([id, version]) => {
    const panelId = parsePanelId(id)
    return panelId === null ? [] : [{ panelId, version: toVersion(version) }]
  })

async function findSnapshot(
  db: Db,
  workspaceId: WorkspaceId,
  snapshotId: SnapshotId,
): Promise<FoundRow | null> {
  const row = await snapshotMoments(db, workspaceId).where('id', '=', snapshotId).executeTakeFirst()
  return row?.manifest ? { ...row, manifest: row.manifest, at: row.created_at } : null
}

/** Commits of snapshots, the newest one, and those of the list. */
async function findCommit(db: Db, workspaceId: WorkspaceId, hash: string): Promise<FoundRow | null> {
  const row = await snapshotMoments(db, workspaceId)
    .where('git_commit', '=', hash)
    .orderBy('created_at', 'desc')
    .executeTakeFirst()
  if (row?.manifest) return { ...row, manifest: row.manifest, at: row.created_at }
  const newest = await db
    .selectFrom('workspace_git')
    .select(['manifest', 'committed_at'])
    .where('workspace_id', '=', workspaceId)
    .where('head_commit', '=', hash)
    .executeTakeFirst()
  if (!newest?.committed_at) return findListedCommit(db, workspaceId, hash)
  return { id: null, manifest: newest.manifest, at: newest.committed_at, git_commit: hash }
}

async function findListedCommit(db: Db, workspaceId: WorkspaceId, hash: string): Promise<FoundRow | null> {
  const row = await db
    .selectFrom('workspace_commits')
    .select(['manifest', 'committed_at'])
    .where('workspace_id', '=', workspaceId)
    .where('hash', '=', hash)
    .executeTakeFirst()
  return row === undefined
    ? null
    : { id: null, manifest: row.manifest, at: row.committed_at, git_commit: hash }
}

const snapshotMoments = (db: Db, workspaceId: WorkspaceId) =>
  db
    .selectFrom('state_snapshots')
    .select(['id', 'manifest', 'created_at', 'git_commit'])
    .where('workspace_id', '=', workspaceId)
    .where('state', '=', 'created')
