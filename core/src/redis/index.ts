export { createRedisFanout } from './redis-fanout.ts'
