import { isNexusError, NexusError, type SnapshotId, type UpdateLog, type WorkspaceId } from '@nexus/core'
import type { CommitSigner } from '../git/commit-signer.ts'
import { type CommitHash, openRepository, type Repository } from '../git/repository.ts'
import { type Base, readBase, sizeOfBase } from './base.ts'
import { type Claim, type Claimant, type LedgerRow, renewClaim, withClaim } from './claim.ts'
import { listCommits } from './commit-list.ts'
import { parseMessage } from './commit-message.ts'
import { type Cut, manifestOf, RENDERER_VERSION, type SnapshotRequest, takeCut } from './cut.ts'
import type { FolderSizes } from './folder-sizes.ts'
import {
  answerWithoutGit,
  failRequests,
  findNamed,
  type LedgerSnapshot,
  newTimerSnapshot,
  repairLedger,
  writeLedger,
} from './ledger.ts'
import { makeCommit } from './make-commit.ts'
import { projectPanels } from './projections.ts'
import { noteNoRoom, type RepositoryQuota, requireRoom } from './room.ts'
import { measureFiles, writeFiles } from './write-files.ts'

/** The moments between which a crash may fall; each is named by what is true from then on. */
export type JobStep = 'claimed' | 'files-written' | 'commit-written' | 'branch-moved' | 'ledger-written'

export interface JobContext {
  readonly claimant: Claimant
  readonly log: UpdateLog
  readonly gitDir: string
  readonly sizes: FolderSizes
  readonly quota: RepositoryQuota
  /** `null`: commits are not signed. */
  readonly signer: CommitSigner | null
  /** Told of every step; what it throws ends the job there. */
  readonly onStep: (step: JobStep, workspaceId: WorkspaceId) => void | Promise<void>
}

/** `timer`: commit what has changed. `request`: only when somebody waits for it. */
export type JobReason = 'timer' | 'request'

export type JobOutcome =
  /** Another worker has the workspace. */
  | { readonly state: 'busy' }
  /** The workspace is deleted; whoever waited has been told. */
  | { readonly state: 'gone' }
  /** The newest commit shows the workspace, and the ledger says so. `answered` rows got their answer. */
  | {
      readonly state: 'kept'
      readonly commit: CommitHash
      readonly isNew: boolean
      readonly answered: number
    }
  /** The repository has no room for a commit; whoever waited has been told. */
  | { readonly state: 'full'; readonly reason: string; readonly answered: number }
  /** Nothing was to be committed. */
  | { readonly state: 'idle'; readonly answered: number }

/**
 * Brings one workspace's repository and ledger up to date, under a claim that no other worker has at the same time.
 * May be killed anywhere: the branch moves in one step, and what is missing after it is made good by the next job.
 */
export async function runSnapshotJob(
  context: JobContext,
  workspaceId: WorkspaceId,
  reason: JobReason,
): Promise<JobOutcome> {
  const outcome = await withClaim(context.claimant, workspaceId, async (claim) => {
    await context.onStep('claimed', workspaceId)
    return work(context, claim, reason)
  })
  return outcome ?? { state: 'busy' }
}

async function work(context: JobContext, claim: Claim, reason: JobReason): Promise<JobOutcome> {
  const { db } = context.claimant
  const { workspaceId } = claim
  const cut = await takeCut(db, workspaceId)
  if (cut === null) {
    await failRequests(db, workspaceId, 'The workspace is deleted.')
    return { state: 'gone' }
  }
  const answered = await serveWithoutGit(context, cut)
  const waiting = cut.requests.filter((request) => request.commitToGit)
  if (reason === 'request' && waiting.length === 0) return { state: 'idle', answered }
  try {
    const kept = await keep(context, claim, { cut, waiting })
    return { ...kept, answered: kept.answered + answered }
  } catch (error) {
    if (!isNexusError(error, 'quota_exceeded')) throw error
    await noteNoRoom(db, claim, error.message)
    await failRequests(db, workspaceId, error.message, 'quota_exceeded')
    return { state: 'full', reason: error.message, answered }
  }
}

async function serveWithoutGit({ claimant, log }: JobContext, cut: Cut): Promise<number> {
  const ids = cut.requests.filter((request) => !request.commitToGit).map((request) => request.id)
  if (ids.length === 0) return 0
  const totalBytes = await measureFiles(log, cut)
  await answerWithoutGit(claimant.db, ids, { manifest: manifestOf(cut), totalBytes })
  return ids.length
}

interface Wanted {
  readonly cut: Cut
  readonly waiting: readonly SnapshotRequest[]
}

type Kept = Extract<JobOutcome, { state: 'kept' }>

async function keep(context: JobContext, claim: Claim, { cut, waiting }: Wanted): Promise<Kept> {
  const { claimant, gitDir, onStep } = context
  const repository = await openRepository(gitDir, claim.workspaceId, context.signer)
  const last = await readLast(context, claim, repository)
  const requests = waiting.filter((request) => !last.repaired.has(request.id))
  const { commit, isNew, snapshots, shown, totalBytes } = await show(context, claim, repository, {
    cut,
    requests,
    last,
  })
  await tag(context, repository, { commit, snapshotIds: requests.map((request) => request.id) })
  if (isNew || last.isRepaired) {
    await listCommits(claimant.db, repository, { claim, head: commit })
  }
  if (snapshots.length > 0 || last.ledger.fingerprint !== cut.fingerprint) {
    const { fingerprint } = cut
    const manifest = manifestOf(cut)
    const { writtenBytes } = repository
    const entry = { commit, manifest, fingerprint, totalBytes, writtenBytes, snapshots }
    await writeLedger(claimant.db, claim, entry)
    await onStep('ledger-written', claim.workspaceId)
  }
  if ((isNew || last.isRepaired) && shown !== null)
    await projectPanels({ db: claimant.db, repository }, claim, { cut, shown })
  return { state: 'kept', commit, isNew, answered: snapshots.length + last.repaired.size }
}

interface CutToShow {
  readonly cut: Cut
  readonly requests: readonly SnapshotRequest[]
  readonly last: Last
}

/** Finds the commit that shows a cut: the last one when nothing differs, or a new one, to which the branch then has moved. */
async function show(
  context: JobContext,
  claim: Claim,
  repository: Repository,
  { cut, requests, last: { base, ledger } }: CutToShow,
) {
  const { claimant, log, sizes, onStep } = context
  const answered = requests.map(({ id }): LedgerSnapshot => ({ id, origin: 'request' }))
  if (base !== null && ledger.fingerprint === cut.fingerprint) {
    const totalBytes = await sizeOfBase(repository, sizes, base)
    return { commit: base.commit.hash, isNew: false, snapshots: answered, shown: base.shown, totalBytes }
  }
  await requireRoom(claimant.db, claim.workspaceId, context.quota)
  const files = await writeFiles({ repository, log, sizes }, cut, base)
  const { shown, totalBytes } = files
  await onStep('files-written', claim.workspaceId)
  if (base !== null && base.commit.tree === files.tree) {
    return { commit: base.commit.hash, isNew: false, snapshots: answered, shown, totalBytes }
  }
  const snapshots = answered.length > 0 ? answered : [newTimerSnapshot()]
  const commit = await makeCommit(claimant.db, repository, { cut, base, files, requests, snapshots })
  await onStep('commit-written', claim.workspaceId)
  await renewClaim(claimant, claim)
  const hasMoved = await repository.advanceBranch(base?.commit.hash ?? null, commit)
  if (!hasMoved) throw branchMoved(claim.workspaceId)
  await onStep('branch-moved', claim.workspaceId)
  return { commit, isNew: true, snapshots, shown, totalBytes }
}

interface Last {
  readonly ledger: LedgerRow
  readonly base: Base | null
  /** Snapshots that were answered only now, by the repair. */
  readonly repaired: ReadonlySet<SnapshotId>
  /** The ledger said something else than the branch. */
  readonly isRepaired: boolean
}

/** What the branch shows now. A ledger that says something else is put right first, with the tags. */
async function readLast(context: JobContext, claim: Claim, repository: Repository): Promise<Last> {
  const { claimant, sizes } = context
  const head = await repository.head()
  if (head !== null && parseMessage(head.message).rendererVersion > RENDERER_VERSION)
    throw new NexusError('unavailable', 'A newer release writes this repository; it goes on there.')
  const base = head === null ? null : await readBase(repository, head, claim.ledger)
  if ((base?.commit.hash ?? null) === claim.ledger.headCommit) {
    return { ledger: claim.ledger, base, repaired: new Set(), isRepaired: false }
  }
  if (base === null) {
    return {
      ledger: await repairLedger(claimant.db, claim, null),
      base,
      repaired: new Set(),
      isRepaired: true,
    }
  }
  const commit = base.commit.hash
  const facts = parseMessage(base.commit.message)
  await tag(context, repository, { commit, snapshotIds: facts.snapshotIds })
  const totalBytes = await sizeOfBase(repository, sizes, base)
  const ledger = await repairLedger(claimant.db, claim, { commit, facts, totalBytes })
  return { ledger, base, repaired: new Set(facts.snapshotIds), isRepaired: true }
}

/** Named snapshots become tags `snapshot/<last 8 digits of the id>`. */
async function tag(
  { claimant }: JobContext,
  repository: Repository,
  { commit, snapshotIds }: { readonly commit: CommitHash; readonly snapshotIds: readonly SnapshotId[] },
): Promise<void> {
  if (snapshotIds.length === 0) return
  for (const id of await findNamed(claimant.db, snapshotIds)) {
    await repository.setTag(`snapshot/${id.slice(-8)}`, commit)
  }
}

const branchMoved = (workspaceId: WorkspaceId): NexusError =>
  new NexusError('unavailable', `The branch of ${workspaceId} was moved by somebody else; it is read again.`)
