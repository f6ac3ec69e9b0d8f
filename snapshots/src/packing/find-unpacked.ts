import type { WorkspaceId } from '@nexus/core'
import type { Db } from '@nexus/core/sql'
import { sql } from 'kysely'

export interface Unpacked {
  readonly workspaceId: WorkspaceId
  /** It is archived: nothing will be written soon. */
  readonly isWhole: boolean
}

const AT_ONCE = 100
/** New commits after which a repository is packed. */
export const COMMITS_PER_PACK = 100

/** The next workspaces whose repository is to be packed, by id, after `after`. */
export async function findUnpacked(db: Db, after: WorkspaceId | null): Promise<Unpacked[]> {
  const { rows } = await sql<{ workspace_id: WorkspaceId; is_whole: boolean }>`
    select g.workspace_id, w.status = 'archived' as is_whole
    from workspace_git g
    join workspaces w on w.id = g.workspace_id and w.deleted_at is null
    cross join lateral (
      select coalesce(max(c.number), 0) as number from workspace_commits c where c.workspace_id = g.workspace_id
    ) newest
    where g.head_commit is not null
      and (${after}::uuid is null or g.workspace_id > ${after}::uuid)
      and (
        -- After a repository was put back, or lost, its commits are counted anew.
        newest.number - case when g.packed_number > newest.number then 0 else g.packed_number end >= ${COMMITS_PER_PACK}
        -- Perhaps there is room for more afterwards.
        or (g.commit_error is not null and newest.number > g.packed_number)
        or (w.status = 'archived' and g.packed_whole_at is distinct from g.head_commit)
      )
    order by g.workspace_id
    limit ${AT_ONCE}
  `.execute(db)
  return rows.map((row) => ({ workspaceId: row.workspace_id, isWhole: row.is_whole }))
}
