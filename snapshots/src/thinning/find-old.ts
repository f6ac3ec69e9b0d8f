import { type DocumentName, type PanelId, toVersion, type Version, type WorkspaceId } from '@nexus/core'
import type { Db } from '@nexus/core/sql'
import { sql } from 'kysely'

/** How long every version is kept, in days, by the plan of the workspace's owner; 0: for ever. */
export interface FullHistoryDays {
  readonly free: number
  readonly pro: number
  readonly enterprise: number
}

/** A document whose log begins, after what is thinned already, with something older than its plan keeps whole. */
export interface OldDocument {
  readonly document: DocumentName
  readonly workspaceId: WorkspaceId
  readonly panelId: PanelId | null
  readonly thinnedTo: Version
  /** Of the newest checkpoint; 0: none. */
  readonly checkpoint: Version
  /** What is older may be thinned. */
  readonly before: Date
}

const AT_ONCE = 100

/**
 * The next of them by name, after `after`. Looks at one row of each document's history. Receipts of requests name versions
 * too, and are kept for a day: hence an hour more than the days.
 */
export async function findOld(db: Db, days: FullHistoryDays, after: string): Promise<OldDocument[]> {
  const { rows } = await sql<{
    document: DocumentName
    workspace_id: WorkspaceId
    panel_id: PanelId | null
    thinned_to: number
    checkpoint_version: number
    before: Date
  }>`
    select p.document, p.workspace_id, p.panel_id, coalesce(t.thinned_to, 0)::bigint as thinned_to,
           p.checkpoint_version, k.before
    from (values ('free', ${days.free}::int), ('pro', ${days.pro}::int), ('enterprise', ${days.enterprise}::int))
      as plans (plan, days)
    cross join lateral (select now() - make_interval(days => plans.days, hours => 1) as before) k
    join users u on u.plan = plans.plan
    join workspaces w on w.owner_id = u.id and w.deleted_at is null
    join panel_states p on p.workspace_id = w.id and p.deleted_at is null
    left join history_thinning t on t.document = p.document
    cross join lateral (
      select h.occurred_at
      from state_history h
      where h.document = p.document and h.version > coalesce(t.thinned_to, 0)
      order by h.version
      limit 1
    ) first
    where plans.days > 0 and first.occurred_at < k.before and p.document > ${after}
    order by p.document
    limit ${AT_ONCE}
  `.execute(db)
  return rows.map((row) => ({
    document: row.document,
    workspaceId: row.workspace_id,
    panelId: row.panel_id,
    thinnedTo: toVersion(row.thinned_to),
    checkpoint: toVersion(row.checkpoint_version),
    before: row.before,
  }))
}

/**
 * The versions of a panel that a snapshot or a commit names.
 *
 * @param between - When the versions asked for were saved; a snapshot shows what is newest in the course of its making.
 */
export async function readNamedVersions(
  db: Db,
  { workspaceId, panelId }: OldDocument,
  between: { readonly from: Date; readonly to: Date },
): Promise<Set<Version>> {
  if (panelId === null) return new Set()
  const { rows } = await sql<{ version: number | null }>`
    select (manifest ->> ${panelId}::text)::bigint as version
    from state_snapshots
    where workspace_id = ${workspaceId} and created_at <= ${between.to}::timestamptz + interval '1 hour'
      and coalesce(completed_at, now()) >= ${between.from}::timestamptz
    union
    select (manifest ->> ${panelId}::text)::bigint
    from workspace_commits
    where workspace_id = ${workspaceId} and committed_at >= date_trunc('second', ${between.from}::timestamptz)
    union
    select (manifest ->> ${panelId}::text)::bigint
    from workspace_git
    where workspace_id = ${workspaceId}
  `.execute(db)
  return new Set(rows.flatMap(({ version }) => (version === null ? [] : [toVersion(version)])))
}
