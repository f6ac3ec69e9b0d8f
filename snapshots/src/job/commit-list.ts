import type { WorkspaceId } from '@nexus/core'
import type { Db } from '@nexus/core/sql'
import { sql } from 'kysely'
import type { Commit, CommitHash, Repository, TreeHash } from '../git/repository.ts'
import { PANELS_FOLDER } from './base.ts'
import { type Claim, requireClaim } from './claim.ts'
import { parseMessage, withoutTrailers } from './commit-message.ts'

/** Commits written to the list with one statement. */
const ROWS_AT_A_TIME = 200

/**
 * Brings the list of a workspace's commits up to `head`: whatever of the branch it has not got is read from the
 * repository, one commit or all of them.
 *
 * @throws {NexusError} `unavailable` when the claim was lost: whoever has it now lists what it has written.
 */
export async function listCommits(
  db: Db,
  repository: Repository,
  { claim, head }: { readonly claim: Claim; readonly head: CommitHash },
): Promise<void> {
  const { workspaceId } = claim
  const unlisted: Commit[] = []
  let last = 0
  for (let hash: CommitHash | null = head; hash !== null; ) {
    const listed = await numberOf(db, workspaceId, hash)
    if (listed !== null) {
      last = listed
      break
    }
    const commit: Commit = await repository.readCommit(hash)
    unlisted.push(commit)
    hash = commit.parent
  }
  const rows: Awaited<ReturnType<typeof toRow>>[] = []
  for (const [index, commit] of unlisted.reverse().entries())
    rows.push(await toRow(repository, commit, { workspaceId, number: last + index + 1 }))
  await db.transaction().execute(async (trx) => {
    await requireClaim(trx, claim)
    // After a repository was put back to an earlier moment the branch goes on from there.
    await trx
      .deleteFrom('workspace_commits')
      .where('workspace_id', '=', workspaceId)
      .where('number', '>', last)
      .execute()
    for (let at = 0; at < rows.length; at += ROWS_AT_A_TIME) {
      await trx
        .insertInto('workspace_commits')
        .values(rows.slice(at, at + ROWS_AT_A_TIME))
        .execute()
    }
  })
}

async function numberOf(db: Db, workspaceId: WorkspaceId, hash: CommitHash): Promise<number | null> {
  const row = await db
    .selectFrom('workspace_commits')
    .select(sql<number>`number::integer`.as('number'))
    .where('workspace_id', '=', workspaceId)
    .where('hash', '=', hash)
    .executeTakeFirst()
  return row?.number ?? null
}

async function toRow(
  repository: Repository,
  commit: Commit,
  { workspaceId, number }: { readonly workspaceId: WorkspaceId; readonly number: number },
) {
  const facts = parseMessage(commit.message)
  return {
    workspace_id: workspaceId,
    hash: commit.hash,
    number,
    message: withoutTrailers(commit.message),
    author_name: commit.author.name,
    author_email: commit.author.email,
    committed_at: commit.time,
    panels_changed: await countChanged(repository, commit),
    snapshot_id: facts.snapshotIds[0] ?? null,
    manifest: JSON.stringify(facts.manifest),
  }
}

/** Panels whose folder is another, new, gone or called otherwise than in the parent. */
async function countChanged(repository: Repository, { tree, parent }: Commit): Promise<number> {
  const after = await panelFolders(repository, tree)
  const before =
    parent === null
      ? new Map<string, TreeHash>()
      : await panelFolders(repository, (await repository.readCommit(parent)).tree)
  const differing = [...new Set([...before.keys(), ...after.keys()])].filter(
    (name) => before.get(name) !== after.get(name),
  )
  // A folder that was renamed stands on both sides; the end of its name is the panel's.
  return new Set(differing.map((name) => name.slice(-8))).size
}

async function panelFolders(repository: Repository, tree: TreeHash): Promise<ReadonlyMap<string, TreeHash>> {
  const panels = (await repository.readFolder(tree)).folders.get(PANELS_FOLDER)
  return panels === undefined ? new Map() : (await repository.readFolder(panels)).folders
}
