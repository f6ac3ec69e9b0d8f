import { randomUUID } from 'node:crypto'
import { NexusError, type NodeId, type WorkspaceId } from '@nexus/core'
import type { Db, Manifest, Trx } from '@nexus/core/sql'
import { sql } from 'kysely'
import type { CommitHash } from '../git/repository.ts'

/** The right to write one workspace's repository, held until it is given back or its lease runs out. */
export interface Claim {
  readonly workspaceId: WorkspaceId
  /** This claim and no other, not even a later one of the same process. The ledger is written only by its owner. */
  readonly owner: string
  readonly ledger: LedgerRow
}

export interface LedgerRow {
  readonly headCommit: CommitHash | null
  readonly manifest: Manifest
  readonly fingerprint: string
}

export interface Claimant {
  readonly db: Db
  readonly nodeId: NodeId
  /** How long a claim outlives its process. */
  readonly leaseMs: number
}

/** @returns `null` when another claim is held, or the workspace is gone. */
async function claimWorkspace(claimant: Claimant, workspaceId: WorkspaceId): Promise<Claim | null> {
  const owner = `${claimant.nodeId}/${randomUUID()}`
  const { rows } = await sql<{ head_commit: CommitHash | null; manifest: Manifest; fingerprint: string }>`
    insert into workspace_git as g (workspace_id, lease_owner, lease_until)
    select id, ${owner}, ${leaseEnd(claimant)} from workspaces where id = ${workspaceId}
    on conflict (workspace_id) do update
      set lease_owner = excluded.lease_owner, lease_until = excluded.lease_until
      where g.lease_owner is null or g.lease_until < now()
    returning head_commit, manifest, fingerprint
  `.execute(claimant.db)
  const row = rows[0]
  if (row === undefined) return null
  const { manifest, fingerprint } = row
  return { workspaceId, owner, ledger: { headCommit: row.head_commit, manifest, fingerprint } }
}

/**
 * Does `work` under a claim, which is renewed meanwhile and given back after it. A renewal that fails shows where the claim
 * is checked.
 *
 * @returns `null` as {@link claimWorkspace}.
 */
export async function withClaim<T>(
  claimant: Claimant,
  workspaceId: WorkspaceId,
  work: (claim: Claim) => Promise<T>,
): Promise<T | null> {
  const claim = await claimWorkspace(claimant, workspaceId)
  if (claim === null) return null
  const renewal = setInterval(() => renewClaim(claimant, claim).catch(() => undefined), claimant.leaseMs / 3)
  try {
    return await work(claim)
  } finally {
    clearInterval(renewal)
    // A claim that cannot be given back now runs out by itself.
    await releaseClaim(claimant.db, claim).catch(() => undefined)
  }
}

/**
 * Puts the end of the lease off.
 *
 * @throws {NexusError} `unavailable` when the claim is somebody else's by now: stop writing.
 */
export async function renewClaim(claimant: Claimant, claim: Claim): Promise<void> {
  const { rows } = await sql`
    update workspace_git set lease_until = ${leaseEnd(claimant)}
    where workspace_id = ${claim.workspaceId} and lease_owner = ${claim.owner}
    returning workspace_id
  `.execute(claimant.db)
  if (rows.length === 0) throw claimLost(claim)
}

/** Holds the row until the transaction ends. @throws {NexusError} `unavailable` as {@link renewClaim}. */
export async function requireClaim(trx: Trx, claim: Claim): Promise<void> {
  const { rows } = await sql`
    select workspace_id from workspace_git
    where workspace_id = ${claim.workspaceId} and lease_owner = ${claim.owner} for update
  `.execute(trx)
  if (rows.length === 0) throw claimLost(claim)
}

/** Afterwards others may claim the workspace. Nothing happens when the claim was lost already. */
async function releaseClaim(db: Db, claim: Claim): Promise<void> {
  await sql`
    update workspace_git set lease_owner = null, lease_until = null
    where workspace_id = ${claim.workspaceId} and lease_owner = ${claim.owner}
  `.execute(db)
}

export const claimLost = ({ workspaceId }: Claim): NexusError =>
  new NexusError('unavailable', `Another worker has taken over workspace ${workspaceId}; it goes on there.`)

const leaseEnd = ({ leaseMs }: Claimant) =>
  sql<Date>`now() + ${leaseMs}::double precision * interval '1 millisecond'`
