export { createMemoryFanout } from './memory-fanout.ts'
export { MemoryUpdateLog } from './memory-update-log.ts'
