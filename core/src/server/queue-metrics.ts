import type { AppendQueue, AppendQueueOptions } from '../log/append-queue.ts'
import type { Metrics } from './metrics.ts'

/** From a commit on a local disk to a database in trouble, s. */
const COMMIT_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** Metrics of a part's append queue: `onBatch` is an option of the queue, `watch` is told of it. */
export function createQueueMetrics(metrics: Metrics): {
  readonly onBatch: NonNullable<AppendQueueOptions['onBatch']>
  watch(queue: AppendQueue): void
} {
  const observe = metrics.histogram({
    name: 'nexus_append_duration_seconds',
    help: 'Time of one commit of the append queue, by whether the database took it; its count is the number of commits.',
    labels: ['result'],
    buckets: COMMIT_BUCKETS,
  })
  const countEdits = metrics.counter({
    name: 'nexus_append_edits_total',
    help: 'Edits handed over that a commit has decided.',
  })
  return {
    onBatch: ({ edits, durationMs, isSaved }) => {
      observe(durationMs / 1_000, { result: isSaved ? 'saved' : 'failed' })
      if (isSaved) countEdits({}, edits)
    },
    watch: (queue) =>
      metrics.gauge(
        { name: 'nexus_append_waiting_bytes', help: 'Edits handed over that the database has not decided.' },
        () => queue.waitingBytes,
      ),
  }
}
