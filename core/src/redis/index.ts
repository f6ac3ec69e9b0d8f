export { createRedisFanout } from './redis-fanout.ts'
export { createRedisStateCache } from './redis-state-cache.ts'
