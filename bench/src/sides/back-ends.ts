import { freePort, startPostgres, startRedis } from '@nexus/core/testkit'
import type { ServerNode } from './side.ts'

export interface BackEnds {
  readonly databaseUrl: string
  readonly redisUrl: string
  stopRedis(): Promise<void>
  startRedis(): Promise<void>
  stop(): Promise<void>
}

/** A PostgreSQL with fsync, as in production, and a Redis, for one side alone. */
export async function startBackEnds(): Promise<BackEnds> {
  const postgres = await startPostgres({ durable: true })
  const port = await freePort()
  let redis: Awaited<ReturnType<typeof startRedis>> | null = await startRedis({ port })
  const stop = async (): Promise<void> => {
    await redis?.stop()
    redis = null
  }
  return {
    databaseUrl: postgres.url,
    redisUrl: redis.url,
    stopRedis: stop,
    startRedis: async () => {
      redis = await startRedis({ port })
    },
    stop: async () => {
      await Promise.all([stop(), postgres.stop()])
    },
  }
}

/** Options for the Node processes of both sides, such as a profiler's; from the environment of the bench. */
export function nodeOptions(env: Readonly<Record<string, string>>): Record<string, string> {
  const options = [process.env.SERVER_NODE_OPTIONS, env.NODE_OPTIONS].filter((text) => text !== undefined)
  return { ...env, ...(options.length === 0 ? {} : { NODE_OPTIONS: options.join(' ') }) }
}

interface Running {
  readonly url: string
  readonly pid: number
  kill(): Promise<void>
}

/** Starts a server on a port that it keeps. */
export async function startNode(spawn: (port: number) => Promise<Running>): Promise<ServerNode> {
  const port = await freePort()
  let running = await spawn(port)
  return {
    url: running.url,
    get pid() {
      return running.pid
    },
    kill: () => running.kill(),
    start: async () => {
      running = await spawn(port)
    },
  }
}
