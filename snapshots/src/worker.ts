import { type Fanout, isNexusError, type NodeId, type UpdateLog, type WorkspaceId } from '@nexus/core'
import type { Logger, Service } from '@nexus/core/server'
import { type Db, isUnavailable } from '@nexus/core/sql'
import { findChanged } from './job/cut.ts'
import { createFolderSizes } from './job/folder-sizes.ts'
import { failRequests, findRequested } from './job/ledger.ts'
import { type JobReason, type JobStep, runSnapshotJob } from './job/snapshot-job.ts'
import { createRetries, type Failure } from './schedule/retries.ts'
import { type Rounds, startRounds } from './schedule/rounds.ts'
import { createWorkQueue } from './schedule/work-queue.ts'

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
}

export interface SnapshotWorkerDeps {
  readonly db: Db
  readonly log: UpdateLog
  readonly fanout: Fanout
  readonly nodeId: NodeId
  readonly options: SnapshotOptions
  readonly logger: Logger
  readonly overrides?: {
    /** Told of every step of every job; what it throws ends the job there, as a crash would. */
    readonly onStep?: (step: JobStep, workspaceId: WorkspaceId) => void | Promise<void>
  }
}

export interface SnapshotWorker extends Service {
  /** Does at once what the timer does: every changed workspace is committed when it resolves, or failed and is retried. */
  commitChanged(): Promise<void>
  /** Resolves when nothing is under way and nothing waits, pauses before retries aside. */
  idle(): Promise<void>
}

const DEFAULTS = { intervalMs: 300_000, pollIntervalMs: 1_500, leaseMs: 30_000, retryPauseMs: 1_000 }
/** Workspaces written at the same time by one process. */
const CONCURRENCY = 2
/** Failures in a row after which those who wait are told. */
const TRIES_OF_A_REQUEST = 5

/** Keeps every workspace as readable files in a Git repository of its own: by the timer, and when a snapshot is asked for. */
export async function createSnapshotWorker(deps: SnapshotWorkerDeps): Promise<SnapshotWorker> {
  const { db, log, fanout, nodeId, logger } = deps
  const options = { ...DEFAULTS, ...deps.options }
  const context = {
    claimant: { db, nodeId, leaseMs: options.leaseMs },
    log,
    gitDir: options.gitDir,
    sizes: createFolderSizes(),
    onStep: deps.overrides?.onStep ?? (() => undefined),
  }
  const retries = createRetries<WorkspaceId>(options.retryPauseMs)
  const queue = createWorkQueue<WorkspaceId, JobReason>({
    concurrency: CONCURRENCY,
    stronger: (a, b) => (a === 'timer' ? a : b),
    run: (workspaceId, reason) => keep(workspaceId, reason),
  })
  /** The last answer of each; `null`: it works. */
  let databaseError: unknown = null
  let volumeError: unknown = null

  const keep = async (workspaceId: WorkspaceId, reason: JobReason): Promise<void> => {
    try {
      const outcome = await runSnapshotJob(context, workspaceId, reason)
      retries.succeeded(workspaceId)
      if (outcome.state === 'kept') volumeError = null
      if (outcome.state === 'kept' && outcome.isNew) {
        logger.info({ workspaceId, commit: outcome.commit }, 'committed')
      }
      if ('answered' in outcome && outcome.answered > 0) {
        fanout.publishNotice({ type: 'snapshot_created', workspaceId })
      }
    } catch (error) {
      await giveUpFor(workspaceId, reason, error)
    }
  }
  const giveUpFor = async (workspaceId: WorkspaceId, reason: JobReason, error: unknown): Promise<void> => {
    if (isOfVolume(error)) volumeError = error
    const attempts = retries.failed(workspaceId, error, () => queue.add(workspaceId, reason))
    logger.warn(
      { workspaceId, attempts, err: error },
      'the workspace could not be committed; it is tried again',
    )
    if (attempts < TRIES_OF_A_REQUEST || isPassing(error)) return
    await guarded(() =>
      failRequests(db, workspaceId, `The repository cannot be written: ${sentenceOf(error)}`),
    )
  }
  /** Runs a statement of a round; a database that is away shows in the health and is asked again in the next round. */
  const guarded = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work()
      databaseError = null
    } catch (error) {
      if (databaseError === null) logger.warn({ err: error }, 'the database cannot be asked for work')
      databaseError = error
    }
  }
  const enqueue = (workspaceIds: readonly WorkspaceId[], reason: JobReason): void => {
    for (const id of workspaceIds) if (!retries.isPaused(id)) queue.add(id, reason)
  }
  const lookForRequests = () => guarded(async () => enqueue(await findRequested(db), 'request'))
  const lookForChanges = () => guarded(async () => enqueue(shuffled(await findChanged(db)), 'timer'))

  let rounds: readonly Rounds[] = []
  let unsubscribe = (): void => undefined
  const stop = async (): Promise<void> => {
    unsubscribe()
    retries.stop()
    await Promise.all(rounds.map((round) => round.stop()))
    await queue.close()
    retries.stop()
  }

  return {
    name: 'snapshots',
    start: async () => {
      unsubscribe = await fanout.onAnyNotice((notice) => {
        if (notice.type === 'snapshot_requested') enqueue([notice.workspaceId], 'request')
      })
      rounds = [
        startRounds(options.pollIntervalMs, lookForRequests, { align: false }),
        startRounds(options.intervalMs, lookForChanges, { align: true }),
      ]
      await lookForRequests()
    },
    commitChanged: async () => {
      await lookForChanges()
      await queue.idle()
    },
    idle: () => queue.idle(),
    drain: stop,
    health: async () => ({
      ready: databaseError === null && volumeError === null,
      parts: {
        database: sentenceOf(databaseError),
        volume: sentenceOf(volumeError),
        repositories: countFailing(retries.failures()),
      },
    }),
    [Symbol.asyncDispose]: stop,
  }
}

/** An error of the file system: unlike one of the network it names a path. */
const isOfVolume = (error: unknown): boolean => error instanceof Error && 'code' in error && 'path' in error

/** The database is away, or another worker was faster: nothing is wrong with the repository. */
const isPassing = (error: unknown): boolean =>
  !isOfVolume(error) && (isUnavailable(error) || isNexusError(error, 'unavailable'))

function countFailing(failures: readonly Failure[]): string {
  const [first] = failures
  return first === undefined ? 'ok' : `${failures.length} failing: ${sentenceOf(first.error)}`
}

function sentenceOf(error: unknown): string {
  if (error === null) return 'ok'
  return error instanceof Error ? error.message : String(error)
}

/** Workers that begin at the same moment meet less often. */
function shuffled<T>(items: readonly T[]): T[] {
  const ranked = items.map((item) => ({ item, rank: Math.random() }))
  return ranked.sort((a, b) => a.rank - b.rank).map(({ item }) => item)
}
