import { type Fanout, isNexusError, type WorkspaceId } from '@nexus/core'
import type { Logger } from '@nexus/core/server'
import { isUnavailable } from '@nexus/core/sql'
import type { Retries } from '../schedule/retries.ts'
import type { KeeperMetrics } from './keeper-metrics.ts'
import { failRequests } from './ledger.ts'
import { type JobContext, type JobOutcome, type JobReason, runSnapshotJob } from './snapshot-job.ts'

interface Keeper {
  /** Runs one job. A failure is logged and counted, and `retry` is called after a pause; never rejects. */
  keep(workspaceId: WorkspaceId, reason: JobReason): Promise<void>
  /** Why repositories cannot be written at all; `null` when the last one could. */
  volumeError(): unknown
}

interface KeeperDeps {
  readonly context: JobContext
  readonly fanout: Fanout
  readonly logger: Logger
  readonly metrics: KeeperMetrics
  readonly retries: Retries<WorkspaceId>
  readonly retry: (workspaceId: WorkspaceId) => void
}

/** Failures in a row after which those who wait are told. */
const TRIES_OF_A_REQUEST = 5

/** Runs jobs, and says what became of them to whoever waits: people, the log, the health. */
export function createKeeper({ context, fanout, logger, metrics, retries, retry }: KeeperDeps): Keeper {
  let volumeError: unknown = null

  const onDone = (workspaceId: WorkspaceId, outcome: JobOutcome): void => {
    retries.succeeded(workspaceId)
    if (outcome.state === 'kept') {
      volumeError = null
      if (outcome.isNew) {
        metrics.committed()
        logger.info({ workspaceId, commit: outcome.commit }, 'committed')
      }
    }
    if (outcome.state === 'full')
      logger.warn({ workspaceId, reason: outcome.reason }, 'the workspace is not committed: no room')
    if ('answered' in outcome && outcome.answered > 0) {
      fanout.publishNotice({ type: 'snapshot_created', workspaceId })
    }
  }
  const onFailed = async (workspaceId: WorkspaceId, error: unknown): Promise<void> => {
    metrics.failed()
    if (isOfVolume(error)) volumeError = error
    const attempts = retries.failed(workspaceId, error, () => retry(workspaceId))
    logger.warn({ workspaceId, attempts, err: error }, 'the workspace is not committed; it is tried again')
    if (attempts < TRIES_OF_A_REQUEST || isPassing(error)) return
    const reason = error instanceof Error ? error.message : String(error)
    await failRequests(context.claimant.db, workspaceId, `The repository cannot be written: ${reason}`)
  }

  return {
    keep: async (workspaceId, reason) => {
      const stopwatch = metrics.begin()
      try {
        onDone(workspaceId, await runSnapshotJob(context, workspaceId, reason))
      } catch (error) {
        await onFailed(workspaceId, error).catch((failure: unknown) => {
          logger.warn({ workspaceId, err: failure }, 'those who wait for a snapshot could not be told')
        })
      } finally {
        stopwatch()
      }
    },
    volumeError: () => volumeError,
  }
}

/** An error of the file system: unlike one of the network it names a path. */
const isOfVolume = (error: unknown): boolean => error instanceof Error && 'code' in error && 'path' in error

/** The database is away, or another worker was faster: nothing is wrong with the repository. */
const isPassing = (error: unknown): boolean =>
  !isOfVolume(error) && (isUnavailable(error) || isNexusError(error, 'unavailable'))
