import { createSnapshotId, type ErrorCode, type SnapshotId, type WorkspaceId } from '@nexus/core'
import type { Db, Manifest, Trx } from '@nexus/core/sql'
import { sql } from 'kysely'
import { BRANCH, type CommitHash } from '../git/repository.ts'
import { type Claim, claimLost, type LedgerRow } from './claim.ts'
import type { CommitFacts } from './commit-message.ts'

interface LedgerEntry {
  readonly commit: CommitHash
  readonly manifest: Manifest
  readonly fingerprint: string
  readonly totalBytes: number
  /** By how much the repository has grown. */
  readonly writtenBytes: number
  readonly snapshots: readonly LedgerSnapshot[]
}

/** A row of state_snapshots that the commit answers: one that waits, or a new one of the timer. */
export type LedgerSnapshot = { readonly id: SnapshotId; readonly origin: 'request' | 'timer' }

export const newTimerSnapshot = (): LedgerSnapshot => ({ id: createSnapshotId(), origin: 'timer' })

/**
 * Says which versions are in which commit, and answers who waits for it, all or nothing.
 *
 * @throws {NexusError} `unavailable` when the claim was lost. Nothing has been written; whoever has it now reads the commit.
 */
export async function writeLedger(db: Db, claim: Claim, entry: LedgerEntry): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await writeRow(trx, claim, entry)
    for (const snapshot of entry.snapshots) {
      const facts = { ...entry, branch: BRANCH, snapshotId: snapshot.id }
      if (snapshot.origin === 'timer') await insertTimerSnapshot(trx, claim, facts)
      else await answerRequest(trx, facts)
    }
  })
}

/**
 * Writes the ledger anew from the branch itself: its last commit was made by a worker that died before it could, or the
 * repositories were restored from a backup. The fingerprint stays empty, so the workspace is compared once more.
 *
 * @returns The row as it is now.
 */
export async function repairLedger(
  db: Db,
  claim: Claim,
  head: { readonly commit: CommitHash; readonly facts: CommitFacts; readonly totalBytes: number } | null,
): Promise<LedgerRow> {
  const commit = head?.commit ?? null
  const manifest = head?.facts.manifest ?? {}
  await db.transaction().execute(async (trx) => {
    await writeRow(trx, claim, { commit, manifest, fingerprint: '', writtenBytes: 0 })
    if (head === null) return
    for (const snapshotId of head.facts.snapshotIds) {
      const answer = { commit, manifest, totalBytes: head.totalBytes, branch: BRANCH, snapshotId }
      // A row that waits is a request's; without any row it was the timer's.
      await answerRequest(trx, answer)
      await insertTimerSnapshot(trx, claim, answer)
    }
  })
  return { headCommit: commit, manifest, fingerprint: '' }
}

/** Those of `snapshotIds` that carry a name and become tags. */
export async function findNamed(db: Db, snapshotIds: readonly SnapshotId[]): Promise<SnapshotId[]> {
  const { rows } = await sql<{ id: SnapshotId }>`
    select id from state_snapshots where id = any(${snapshotIds}::uuid[]) and type = 'manual' and description <> ''
  `.execute(db)
  return rows.map((row) => row.id)
}

/** Answers snapshots that are not to be in Git. */
export async function answerWithoutGit(
  db: Db,
  snapshotIds: readonly SnapshotId[],
  measured: { readonly manifest: Manifest; readonly totalBytes: number },
): Promise<void> {
  for (const snapshotId of snapshotIds) {
    await answerRequest(db, { ...measured, snapshotId, commit: null, branch: null })
  }
}

/** Everybody who waits for a snapshot of the workspace is told why there will be none. */
export async function failRequests(
  db: Db,
  workspaceId: WorkspaceId,
  error: string,
  code: ErrorCode = 'internal',
): Promise<void> {
  await sql`
    update state_snapshots
    set state = 'failed', error = ${error}, error_code = ${code}, completed_at = now()
    where workspace_id = ${workspaceId} and state = 'requested'
  `.execute(db)
}

/** Workspaces for which a snapshot waits and that nobody is writing now. */
export async function findRequested(db: Db): Promise<WorkspaceId[]> {
  const { rows } = await sql<{ workspace_id: WorkspaceId }>`
    select distinct s.workspace_id
    from state_snapshots s
    left join workspace_git g on g.workspace_id = s.workspace_id
    where s.state = 'requested' and (g.lease_owner is null or g.lease_until < now())
    limit 1000
  `.execute(db)
  return rows.map((row) => row.workspace_id)
}

async function writeRow(
  trx: Trx,
  claim: Claim,
  row: Pick<LedgerEntry, 'manifest' | 'fingerprint' | 'writtenBytes'> & {
    readonly commit: CommitHash | null
  },
): Promise<void> {
  const { rows } = await sql`
    update workspace_git
    set committed_at = case when head_commit is distinct from ${row.commit} then now() else committed_at end,
      branch = ${BRANCH}, head_commit = ${row.commit}, manifest = ${JSON.stringify(row.manifest)}::jsonb,
      fingerprint = ${row.fingerprint}, size_bytes = size_bytes + ${row.writtenBytes}::int, commit_error = null
    where workspace_id = ${claim.workspaceId} and lease_owner = ${claim.owner}
    returning workspace_id
  `.execute(trx)
  if (rows.length === 0) throw claimLost(claim)
}

interface Answer {
  readonly snapshotId: SnapshotId
  readonly manifest: Manifest
  readonly totalBytes: number | null
  readonly commit: CommitHash | null
  readonly branch: string | null
}

async function answerRequest(db: Db | Trx, answer: Answer): Promise<void> {
  await sql`
    update state_snapshots
    set state = 'created', manifest = ${JSON.stringify(answer.manifest)}::jsonb,
      panel_count = ${Object.keys(answer.manifest).length}, total_size_bytes = ${answer.totalBytes},
      git_commit = ${answer.commit}, git_branch = ${answer.branch}, completed_at = now()
    where id = ${answer.snapshotId} and state = 'requested'
  `.execute(db)
}

async function insertTimerSnapshot(trx: Trx, claim: Claim, answer: Answer): Promise<void> {
  await sql`
    insert into state_snapshots (id, workspace_id, type, state, manifest, panel_count, total_size_bytes, git_commit,
      git_branch, completed_at)
    values (${answer.snapshotId}, ${claim.workspaceId}, 'auto', 'created', ${JSON.stringify(answer.manifest)}::jsonb,
      ${Object.keys(answer.manifest).length}, ${answer.totalBytes}, ${answer.commit}, ${answer.branch}, now())
    on conflict (id) do nothing
  `.execute(trx)
}
