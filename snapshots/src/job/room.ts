import { NexusError, type Plan, type WorkspaceId } from '@nexus/core'
import type { Db } from '@nexus/core/sql'
import { sql } from 'kysely'
import type { Claim } from './claim.ts'

/** Largest repository of a workspace by the plan of its owner, MB (10⁶ bytes); 0: any. */
export type RepositoryQuota = Readonly<Record<Plan, number>>

const MB = 1_000_000

/**
 * Asked before a commit is made; one that is there is no matter of room.
 *
 * @throws {NexusError} `quota_exceeded`, with a sentence for the workspace's people.
 */
export async function requireRoom(db: Db, workspaceId: WorkspaceId, quota: RepositoryQuota): Promise<void> {
  const { rows } = await sql<{ size_bytes: number; plan: Plan }>`
    select g.size_bytes::float8 as size_bytes, u.plan
    from workspace_git g
    join workspaces w on w.id = g.workspace_id
    join users u on u.id = w.owner_id
    where g.workspace_id = ${workspaceId}
  `.execute(db)
  const [row] = rows
  if (row === undefined) return
  const limit = quota[row.plan]
  if (limit === 0 || row.size_bytes < limit * MB) return
  const size = Math.round(row.size_bytes / MB)
  throw new NexusError(
    'quota_exceeded',
    `The Git repository has ${size} MB, and the plan "${row.plan}" allows ${limit} MB: nothing more is committed. Edits are saved as ever, and every version can be read.`,
    { details: { plan: row.plan } },
  )
}

/** Says so where the workspace is read. A claim that was lost says nothing. */
export async function noteNoRoom(db: Db, claim: Claim, reason: string): Promise<void> {
  await sql`
    update workspace_git set commit_error = ${reason}
    where workspace_id = ${claim.workspaceId} and lease_owner = ${claim.owner}
  `.execute(db)
}
