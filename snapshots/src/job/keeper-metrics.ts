import type { Metrics } from '@nexus/core/server'

/** From a job that finds nothing to do to a first commit of a large workspace, s. */
const BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

export interface KeeperMetrics {
  committed(): void
  failed(): void
  /** @returns To be called when the job is over, however it ended. */
  begin(): () => void
}

export function createKeeperMetrics(metrics: Metrics): KeeperMetrics {
  const committed = metrics.counter({ name: 'nexus_snapshot_commits_total', help: 'Git commits made.' })
  const failed = metrics.counter({
    name: 'nexus_snapshot_failures_total',
    help: 'Jobs that failed; each is tried again.',
  })
  const observe = metrics.histogram({
    name: 'nexus_snapshot_job_duration_seconds',
    help: 'Time of one job of a workspace, with or without a commit.',
    buckets: BUCKETS,
  })
  return {
    committed,
    failed,
    begin: () => {
      const startedAt = performance.now()
      return () => observe((performance.now() - startedAt) / 1_000)
    },
  }
}
