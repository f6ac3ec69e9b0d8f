import type { StateCache } from '../ports/state-cache.ts'
import { createRedisStateCache } from '../redis/redis-state-cache.ts'
import type { Metrics } from './metrics.ts'

interface OpenStateCacheOptions {
  /** Of Redis; `null`: there is nobody to share with. */
  readonly url: string | null
  readonly waitMs: number
  /** 0: nothing is shared. */
  readonly maxChars: number
  readonly metrics: Metrics
}

/** The states that processes share through Redis, with what goes wrong counted; `null` when nothing is shared. */
export function openStateCache({ url, waitMs, maxChars, metrics }: OpenStateCacheOptions): StateCache | null {
  if (url === null || maxChars === 0) return null
  const count = metrics.counter({
    name: 'nexus_shared_state_troubles_total',
    help: 'States that could not be shared: Redis was late, refused, or had something that is no state.',
    labels: ['trouble'],
  })
  return createRedisStateCache({ url, waitMs, maxChars, onTrouble: (trouble) => count({ trouble }) })
}
