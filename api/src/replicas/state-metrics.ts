import type { Metrics } from '@nexus/core/server'
import type { RecentStates } from './recent-states.ts'

/** Metrics of states read. @returns Counts one, by where it was found. */
export function createStateMetrics(
  metrics: Metrics,
  recent: RecentStates,
): (from: 'memory' | 'shared' | 'log') => void {
  metrics.gauge(
    { name: 'nexus_state_cache_entries', help: 'States of versions held in memory as JSON.' },
    () => recent.size,
  )
  metrics.gauge(
    { name: 'nexus_state_cache_chars', help: 'JSON and source text held in memory, characters.' },
    () => recent.chars,
  )
  const count = metrics.counter({
    name: 'nexus_state_reads_total',
    help: 'States read: from this process’s memory, from what processes share in Redis, or built from the log (a miss).',
    labels: ['from'],
  })
  for (const from of ['memory', 'shared', 'log']) count({ from }, 0)
  return (from) => count({ from })
}
