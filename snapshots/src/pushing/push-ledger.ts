import type { WorkspaceId } from '@nexus/core'
import type { Db } from '@nexus/core/sql'
import { sql } from 'kysely'

/** A repository that has something its remote has not. */
export interface Unpushed {
  readonly workspaceId: WorkspaceId
  readonly commit: string
  readonly failures: number
}

/** How long a worker that takes one has for it, before another may try. */
const TAKEN_FOR_S = 300
const MAX_ERROR_CHARS = 500
const PAUSE_S = { first: 5, longest: 3_600 }

/** Takes some that are due, so that no other worker pushes them meanwhile. */
export async function takeUnpushed(db: Db, limit: number): Promise<Unpushed[]> {
  const { rows } = await sql<{ workspace_id: WorkspaceId; head_commit: string; push_failures: number }>`
    update workspace_git g set push_next_at = now() + make_interval(secs => ${TAKEN_FOR_S}::int)
    where g.workspace_id in (
      select d.workspace_id
      from workspace_git d
      join workspaces w on w.id = d.workspace_id and w.deleted_at is null
      where d.head_commit is not null and d.head_commit is distinct from d.pushed_commit
        and (d.push_next_at is null or d.push_next_at <= now())
      order by d.push_next_at nulls first
      limit ${limit}
      for update of d skip locked
    )
    returning g.workspace_id, g.head_commit, g.push_failures
  `.execute(db)
  return rows.map((row) => ({
    workspaceId: row.workspace_id,
    commit: row.head_commit,
    failures: row.push_failures,
  }))
}

/** Newer commits are due at once. */
export async function notePushed(db: Db, { workspaceId, commit }: Unpushed): Promise<void> {
  await sql`
    update workspace_git
    set pushed_commit = ${commit}, pushed_at = now(), push_error = null, push_failures = 0, push_next_at = null
    where workspace_id = ${workspaceId}
  `.execute(db)
}

/** The next try comes after a pause, twice as long each time, an hour at most. */
export async function notePushFailed(
  db: Db,
  { workspaceId, failures }: Unpushed,
  error: string,
): Promise<void> {
  const pause = Math.min(PAUSE_S.longest, PAUSE_S.first * 2 ** Math.min(failures, 20))
  await sql`
    update workspace_git
    set push_error = ${error.slice(0, MAX_ERROR_CHARS)}, push_failures = push_failures + 1,
      push_next_at = now() + make_interval(secs => ${pause}::int)
    where workspace_id = ${workspaceId}
  `.execute(db)
}
