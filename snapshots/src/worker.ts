import {
  type CommitDiffs,
  type Fanout,
  NexusError,
  type NodeId,
  type UpdateLog,
  type WorkspaceId,
} from '@nexus/core'
import {
  createAccess,
  createCredentials,
  createDatabaseProbe,
  createUnreadMetrics,
  type Health,
  type Logger,
  type Metrics,
  type Service,
} from '@nexus/core/server'
import type { Db } from '@nexus/core/sql'
import { readCommitDiff } from './git/commit-diff.ts'
import { type CommitSigner, readCommitSigner } from './git/commit-signer.ts'
import { createGitProgram } from './git/git-program.ts'
import { repositoryPath } from './git/repository.ts'
import { findChanged } from './job/cut.ts'
import { createFolderSizes } from './job/folder-sizes.ts'
import { createKeeper } from './job/keeper.ts'
import { createKeeperMetrics } from './job/keeper-metrics.ts'
import { findRequested } from './job/ledger.ts'
import type { RepositoryQuota } from './job/room.ts'
import type { JobContext, JobReason, JobStep } from './job/snapshot-job.ts'
import { createRepositoryPacking } from './packing/packing.ts'
import { createPurging } from './purging.ts'
import { createPushing } from './pushing/pushing.ts'
import type { Remote } from './pushing/remote.ts'
import { createSnapshotRetention } from './retention.ts'
import { createRetries, type Failure } from './schedule/retries.ts'
import { startRounds } from './schedule/rounds.ts'
import { createWorkQueue } from './schedule/work-queue.ts'
import { createGitService } from './serve/git-service.ts'
import type { FullHistoryDays } from './thinning/find-old.ts'
import { createThinning } from './thinning/thinning.ts'

export {
  GIT_COMMIT_OPTIONS,
  GIT_PUSH_OPTIONS,
  GIT_SERVICE_OPTIONS,
  HISTORY_OPTIONS,
  REPOSITORY_OPTIONS,
  SNAPSHOT_WORKER_OPTIONS,
  toFullHistoryDays,
  toRemote,
  toRepositoryQuota,
} from './config.ts'

export interface SnapshotOptions {
  /** Folder of the repositories, `{gitDir}/{workspaceId}.git`; made when missing. It must support hard links. */
  readonly gitDir: string
  /** Time between commits of a changed workspace, in ms. Default 5 minutes. */
  readonly intervalMs?: number
  /** How often requests are looked for when no notice comes, in ms. */
  readonly pollIntervalMs?: number
  /** How long a killed worker's workspaces wait for another, in ms. */
  readonly leaseMs?: number
  /** The pause before a failed repository is tried again, in ms; it doubles with each failure. */
  readonly retryPauseMs?: number
  /** How long every version is kept. Default 30 days, a year, for ever. */
  readonly fullHistoryDays?: FullHistoryDays
  /** Default: 1,000 MB, 10,000 MB, any. */
  readonly repositoryQuota?: RepositoryQuota
  /** Path of the git program. Default: that of the system. */
  readonly gitProgram?: string
  /** PEM file of the Ed25519 key that signs commits; `null`: they are not signed. */
  readonly signingKeyFile?: string | null
  /** What commits are pushed to; `null`: nothing. */
  readonly remote?: Remote | null
  /** Clones and fetches served at once, of one user half of it. Default 8. */
  readonly maxFetches?: number
  /** Longest time for one, in ms. Default 5 minutes. */
  readonly fetchTimeoutMs?: number
}

export interface SnapshotWorkerDeps {
  readonly db: Db
  readonly log: UpdateLog
  readonly fanout: Fanout
  readonly nodeId: NodeId
  readonly options: SnapshotOptions
  readonly logger: Logger
  readonly metrics?: Metrics
  readonly overrides?: {
    /** Told of every step of every job; what it throws ends the job there, as a crash would. */
    readonly onStep?: (step: JobStep, workspaceId: WorkspaceId) => void | Promise<void>
  }
}

export interface SnapshotWorker extends Service {
  /** Does at once what the timer does: every changed workspace is committed when it resolves, or failed and is retried. */
  commitChanged(): Promise<void>
  /** Does at once what is done every hour: old history is thinned when it resolves, or failed and is tried again. */
  thinHistory(): Promise<void>
  /** Does at once what is done every hour: repositories that have grown are packed, or failed and are tried again. */
  packRepositories(): Promise<void>
  /** Does at once what is done every second or two: commits that the remote has not are pushed, or failed and are tried again. */
  pushCommits(): Promise<void>
  /** Does at once what is done every hour: of automatic snapshots that are old, some are kept. */
  forgetOldSnapshots(): Promise<void>
  /** Removes the repositories of workspaces that are gone for good. */
  removePurged(): Promise<void>
  readonly commitDiffs: CommitDiffs
  /** Resolves when nothing is under way and nothing waits, pauses before retries aside. */
  idle(): Promise<void>
}

const DEFAULTS = {
  intervalMs: 300_000,
  pollIntervalMs: 1_500,
  leaseMs: 30_000,
  retryPauseMs: 1_000,
  fullHistoryDays: { free: 30, pro: 365, enterprise: 0 },
  repositoryQuota: { free: 1_000, pro: 10_000, enterprise: 0 },
  maxFetches: 8,
  fetchTimeoutMs: 300_000,
}
/** Of one answer; a repository that needs more is not one of ours. */
const MAX_FETCH_BYTES = 2_000_000_000
const UPKEEP_INTERVAL_MS = 3_600_000
/** Soon after the start, so that a process that is often restarted does it too. */
const UPKEEP = { align: false, firstMs: 300_000 }
/** Workspaces written at the same time by one process. */
const CONCURRENCY = 2

/** Keeps every workspace as readable files in a Git repository of its own: by the timer, and when a snapshot is asked for. */
export async function createSnapshotWorker(deps: SnapshotWorkerDeps): Promise<SnapshotWorker> {
  const { db, fanout, metrics = createUnreadMetrics() } = deps
  const options = { ...DEFAULTS, ...deps.options }
  const keyFile = options.signingKeyFile ?? null
  const signer = keyFile === null ? null : await readCommitSigner(keyFile)
  if (signer !== null) deps.logger.info({ publicKey: signer.publicKey }, 'commits are signed')
  const context = toContext(deps, { ...options, signer })
  const retries = createRetries<WorkspaceId>(options.retryPauseMs)
  const queue = createWorkQueue<WorkspaceId, JobReason>({
    concurrency: CONCURRENCY,
    stronger: (a, b) => (a === 'timer' ? a : b),
    run: (workspaceId, reason) => keeper.keep(workspaceId, reason),
  })
  const keeper = createKeeper({
    context,
    fanout,
    logger: deps.logger,
    metrics: createKeeperMetrics(metrics),
    retries,
    // As by the timer: until the repository works again, whoever asked first.
    retry: (workspaceId) => queue.add(workspaceId, 'timer'),
  })
  metrics.gauge(
    {
      name: 'nexus_snapshot_failing_repositories',
      help: 'Workspaces whose last job failed and is tried again.',
    },
    () => retries.failures().length,
  )
  const enqueue = (workspaceIds: readonly WorkspaceId[], reason: JobReason): void => {
    for (const id of workspaceIds) if (!retries.isPaused(id)) queue.add(id, reason)
  }
  const program = createGitProgram(options.gitProgram)
  const retention = createSnapshotRetention(deps)
  const remote = options.remote ?? null
  const purging = createPurging({ db, gitDir: options.gitDir, program, remote, logger: deps.logger })
  const pushing = createPushing({
    ...context,
    db,
    metrics,
    program,
    remote,
    logger: deps.logger,
  })
  const packing = createRepositoryPacking({ ...context, program, logger: deps.logger })
  const thinning = createThinning({ ...deps, days: options.fullHistoryDays })
  const lookout = createLookout(deps.logger)
  const probeDatabase = createDatabaseProbe(db)
  const lookForRequests = () => lookout.look(async () => enqueue(await findRequested(db), 'request'))
  const lookForChanges = () => lookout.look(async () => enqueue(shuffled(await findChanged(db)), 'timer'))

  const gitService = createGitService({
    ...createCredentials({ db, fanout }),
    access: createAccess({ db }),
    program,
    gitDir: options.gitDir,
    maxFetches: options.maxFetches,
    timeoutMs: options.fetchTimeoutMs,
    maxAnswerBytes: MAX_FETCH_BYTES,
    commit: (workspaceId) => {
      enqueue([workspaceId], 'timer')
      return queue.settled(workspaceId)
    },
    logger: deps.logger,
  })
  metrics.gauge(
    { name: 'nexus_git_fetches', help: 'Clones and fetches of repositories under way.' },
    () => gitService.running,
  )

  const stops: (() => void | Promise<void>)[] = []
  const stop = async (): Promise<void> => {
    thinning.stop()
    packing.stop()
    retention.stop()
    pushing.stop()
    await Promise.all(stops.splice(0).map((end) => end()))
    await queue.close()
    retries.stop()
  }

  return {
    name: 'snapshots',
    handleRequest: gitService.handleRequest,
    start: async () => {
      const unsubscribe = await fanout.onAnyNotice((notice) => {
        if (notice.type === 'snapshot_requested') enqueue([notice.workspaceId], 'request')
      })
      const polling = startRounds(options.pollIntervalMs, lookForRequests, { align: false })
      const timer = startRounds(options.intervalMs, lookForChanges, { align: true })
      const thinningTimer = startRounds(UPKEEP_INTERVAL_MS, thinning.run, UPKEEP)
      const packingTimer = startRounds(UPKEEP_INTERVAL_MS, packing.run, UPKEEP)
      const pushTimer = startRounds(options.pollIntervalMs, pushing.run, { align: false })
      const retentionTimer = startRounds(UPKEEP_INTERVAL_MS, retention.run, UPKEEP)
      const purgeTimer = startRounds(UPKEEP_INTERVAL_MS, purging.run, UPKEEP)
      stops.push(retentionTimer.stop, pushTimer.stop, purgeTimer.stop)
      stops.push(unsubscribe, polling.stop, timer.stop, thinningTimer.stop, packingTimer.stop)
      await lookForRequests()
    },
    commitChanged: async () => {
      await lookForChanges()
      await queue.idle()
    },
    thinHistory: thinning.run,
    packRepositories: packing.run,
    forgetOldSnapshots: retention.run,
    removePurged: purging.run,
    pushCommits: pushing.run,
    commitDiffs: {
      read: async ({ workspaceId, hash }) => {
        if ((await program.version()) === null)
          throw new NexusError('unavailable', 'The server has no git program, which compares commits.')
        return readCommitDiff({ program, repository: repositoryPath(options.gitDir, workspaceId), hash })
      },
    },
    idle: () => queue.idle(),
    drain: stop,
    health: async () =>
      toHealth(lookout.error() ?? (await probeDatabase()), keeper.volumeError(), retries.failures()),
    [Symbol.asyncDispose]: stop,
  }
}

const toContext = (
  { db, nodeId, log, options, overrides }: SnapshotWorkerDeps,
  {
    leaseMs,
    repositoryQuota,
    signer,
  }: {
    readonly leaseMs: number
    readonly repositoryQuota: RepositoryQuota
    readonly signer: CommitSigner | null
  },
): JobContext => ({
  claimant: { db, nodeId, leaseMs },
  log,
  gitDir: options.gitDir,
  sizes: createFolderSizes(),
  quota: repositoryQuota,
  signer,
  onStep: overrides?.onStep ?? (() => undefined),
})

/** Asks the database for work. One that is away shows in the health and is asked again in the next round. */
function createLookout(logger: Logger) {
  let lastError: unknown = null
  return {
    look: async (ask: () => Promise<void>): Promise<void> => {
      try {
        await ask()
        lastError = null
      } catch (error) {
        if (lastError === null) logger.warn({ err: error }, 'the database cannot be asked for work')
        lastError = error
      }
    },
    error: () => lastError,
  }
}

/** Not ready while nothing can be kept: what people do is saved, but Git falls behind. */
function toHealth(database: unknown, volume: unknown, failures: readonly Failure[]): Health {
  const [first] = failures
  const sentence = (error: unknown): string => {
    if (error === null) return 'ok'
    return error instanceof Error ? error.message : String(error)
  }
  return {
    ready: database === 'ok' && volume === null,
    parts: {
      database: sentence(database),
      volume: sentence(volume),
      repositories: first === undefined ? 'ok' : `${failures.length} failing: ${sentence(first.error)}`,
    },
  }
}

/** Workers that begin at the same moment meet less often. */
function shuffled<T>(items: readonly T[]): T[] {
  const ranked = items.map((item) => ({ item, rank: Math.random() }))
  return ranked.sort((a, b) => a.rank - b.rank).map(({ item }) => item)
}
