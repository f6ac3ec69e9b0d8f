export { createMemoryFanout, type MemoryFanoutOptions } from './memory-fanout.ts'
export { MemoryUpdateLog } from './memory-update-log.ts'
export { createTopic, type Topic } from './topic.ts'
