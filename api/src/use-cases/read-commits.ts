import { type CommitDiffs, NexusError, type WorkspaceId } from '@nexus/core'
import type { CommitDiffView, CommitEntry } from '@nexus/core/http-contract'
import type { Db } from '@nexus/core/sql'

/**
 * Newest first; with `before` those older than that commit.
 *
 * @throws {NexusError} `not_found` when there is no commit `before`.
 */
export async function readCommits(
  db: Db,
  workspaceId: WorkspaceId,
  { limit, before }: { readonly limit: number; readonly before: string | null },
): Promise<CommitEntry[]> {
  const after = before === null ? null : await numberOf(db, workspaceId, before)
  const rows = await db
    .selectFrom('workspace_commits as c')
    // Those of the timer are forgotten in time.
    .leftJoin('state_snapshots as s', 's.id', 'c.snapshot_id')
    .select([
      'c.hash',
      'c.message',
      'c.author_name',
      'c.author_email',
      'c.committed_at',
      'c.panels_changed',
      's.id as snapshot_id',
    ])
    .where('c.workspace_id', '=', workspaceId)
    .$if(after !== null, (query) => query.where('c.number', '<', after ?? 0))
    .orderBy('c.number', 'desc')
    .limit(limit)
    .execute()
  return rows.map((row) => ({
    hash: row.hash,
    message: row.message,
    author: { name: row.author_name, email: row.author_email },
    committedAt: row.committed_at.toISOString(),
    panelsChanged: row.panels_changed,
    snapshotId: row.snapshot_id,
  }))
}

/**
 * What a commit did to the files of the repository.
 *
 * @throws {NexusError} `not_found` when there is no such commit, `unavailable` when the repository cannot be asked.
 */
export async function readCommitDiff(
  { db, commitDiffs }: { readonly db: Db; readonly commitDiffs: CommitDiffs | null },
  asked: Parameters<CommitDiffs['read']>[0],
): Promise<CommitDiffView> {
  await numberOf(db, asked.workspaceId, asked.hash)
  if (commitDiffs === null)
    throw new NexusError(
      'unavailable',
      'This server does not know where the repositories are (SNAPSHOTS_URL).',
    )
  const diff = await commitDiffs.read(asked)
  if (diff === null) throw unknownCommit()
  return { hash: diff.hash, files: diff.files.map((file) => ({ ...file })) }
}

const unknownCommit = (): NexusError =>
  new NexusError('not_found', 'There is no such commit in this workspace.')

async function numberOf(db: Db, workspaceId: WorkspaceId, hash: string): Promise<number> {
  const row = await db
    .selectFrom('workspace_commits')
    .select('number')
    .where('workspace_id', '=', workspaceId)
    .where('hash', '=', hash)
    .executeTakeFirst()
  if (row === undefined) throw unknownCommit()
  return row.number
}
