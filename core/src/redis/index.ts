export { createRedisFanout, type RedisFanoutOptions } from './redis-fanout.ts'
