export { createMemoryFanout } from './memory-fanout.ts'
export { createMemoryStateCache } from './memory-state-cache.ts'
export { MemoryUpdateLog } from './memory-update-log.ts'
