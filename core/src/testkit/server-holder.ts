// A process of its own for tests: starts a Redis, says its process id, and waits to be killed.
import { startRedis } from './start-redis.ts'

const { pid } = await startRedis()
process.stdout.write(`${pid}\n`)
