import {
  type DocumentName,
  type PanelId,
  panelDocumentName,
  type SnapshotId,
  toVersion,
  type Version,
  type WorkspaceId,
} from '@nexus/core'
import type { Db, Manifest } from '@nexus/core/sql'
import { sql } from 'kysely'

/** Of the bytes we render. Raise it when the same versions give other files: everything is then rendered again. */
export const RENDERER_VERSION = 3

export interface CutPanel {
  readonly id: PanelId
  readonly name: string
  readonly type: string
  readonly document: DocumentName
  readonly version: Version
}

/** A snapshot somebody waits for. */
export interface SnapshotRequest {
  readonly id: SnapshotId
  readonly type: 'manual' | 'auto' | 'pre_ai_edit'
  readonly description: string
  readonly commitToGit: boolean
}

/** A workspace at one moment: what it is called, which panels it has, and the version of each. */
export interface Cut {
  readonly workspaceId: WorkspaceId
  readonly name: string
  readonly description: string
  /** In the order of the sidebar. */
  readonly panels: readonly CutPanel[]
  /** Of everything above; the ledger keeps it so that unchanged workspaces are found without Git. */
  readonly fingerprint: string
  /** The newest change of the workspace's or its panels' names, order or existence. */
  readonly touchedAt: Date
  /** Those that had been asked for by this moment, oldest first. */
  readonly requests: readonly SnapshotRequest[]
}

export const manifestOf = (cut: Cut): Manifest =>
  Object.fromEntries(cut.panels.map((panel) => [panel.id, panel.version]))

/**
 * Reads a {@link Cut} in one statement, so that all versions are those of one moment, in PostgreSQL and PGlite alike.
 *
 * @returns `null` when the workspace is deleted.
 */
export async function takeCut(db: Db, workspaceId: WorkspaceId): Promise<Cut | null> {
  const { rows } = await sql<CutRow>`
    select c.name, c.description, c.panels, ${FINGERPRINT} as fingerprint,
      (select max(greatest(t.updated_at, t.deleted_at)) from (
        select updated_at, deleted_at from workspaces where id = c.id
        union all select updated_at, deleted_at from panels where workspace_id = c.id) t) as touched_at,
      (select coalesce(jsonb_agg(jsonb_build_object('id', r.id, 'type', r.type, 'description', r.description,
          'commitToGit', r.commit_to_git) order by r.created_at, r.id), '[]')
        from state_snapshots r where r.workspace_id = c.id and r.state = 'requested') as requests
    from (${CONTENTS}) c
    where c.id = ${workspaceId}
  `.execute(db)
  const row = rows[0]
  return row === undefined ? null : toCut(workspaceId, row)
}

/** Workspaces that show something else than their last commit, or have none. */
export async function findChanged(db: Db): Promise<WorkspaceId[]> {
  const { rows } = await sql<{ id: WorkspaceId }>`
    select c.id
    from (${CONTENTS}) c
    left join workspace_git g on g.workspace_id = c.id
    where g.fingerprint is distinct from ${FINGERPRINT}
  `.execute(db)
  return rows.map((row) => row.id)
}

/** Everything a commit shows of each workspace. */
const CONTENTS = sql`
  select w.id, w.name, w.description, coalesce(p.panels, '[]') as panels
  from workspaces w
  left join lateral (
    select jsonb_agg(jsonb_build_object('id', p.id, 'name', p.name, 'type', p.panel_type, 'version', s.version)
      order by p.position, p.id) as panels
    from panels p
    join panel_states s on s.document = p.workspace_id::text || '/' || p.id::text
    where p.workspace_id = w.id and p.deleted_at is null and s.deleted_at is null
  ) p on true
  where w.deleted_at is null
`

const FINGERPRINT = sql<string>`encode(sha256(convert_to(
  jsonb_build_array(${sql.lit(RENDERER_VERSION)}, c.name, c.description, c.panels)::text, 'UTF8')), 'hex')`

interface CutRow {
  readonly name: string
  readonly description: string
  readonly panels: readonly { id: PanelId; name: string; type: string; version: number }[]
  readonly fingerprint: string
  readonly touched_at: Date
  readonly requests: readonly SnapshotRequest[]
}

const toCut = (workspaceId: WorkspaceId, row: CutRow): Cut => ({
  workspaceId,
  name: row.name,
  description: row.description,
  panels: row.panels.map(({ id, name, type, version }) => ({
    id,
    name,
    type,
    version: toVersion(version),
    document: panelDocumentName(workspaceId, id),
  })),
  fingerprint: row.fingerprint,
  touchedAt: row.touched_at,
  requests: row.requests,
})
