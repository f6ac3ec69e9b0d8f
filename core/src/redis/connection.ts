import { Redis, type RedisOptions } from 'ioredis'

/** For `subscribe`: opening a document waits no longer than this for a Redis that hangs, ms. */
export const SUBSCRIBE_TIMEOUT_MS = 2_000
/** Pace of asking a connection whether it lives, ms. One that did not answer by the next time is replaced. */
const WATCH_MS = 2_000

const CONNECTION = {
  // A command that cannot go out now fails now; nothing of ours ever waits for Redis.
  enableOfflineQueue: false,
  autoResubscribe: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  retryStrategy: (attempt: number) => Math.min(attempt * 100, 1_000),
  connectTimeout: 5_000,
  // A peer that hangs never takes part in closing.
  disconnectTimeout: 200,
} satisfies RedisOptions

/** Where one server is, and how to get in. */
export type ServerOptions = Pick<RedisOptions, 'host' | 'port' | 'username' | 'password' | 'tls' | 'db'>

export interface Connections {
  readonly publisher: Redis
  readonly subscriber: Redis
  close(): void
}

/** Two connections to one server. */
export function connect(server: ServerOptions, onError: (error: unknown) => void): Connections {
  const [publisher, subscriber] = [
    connectOne(server, onError),
    connectOne({ ...server, commandTimeout: SUBSCRIBE_TIMEOUT_MS }, onError),
  ]
  return {
    publisher: publisher.redis,
    subscriber: subscriber.redis,
    close() {
      publisher.close()
      subscriber.close()
    },
  }
}

export interface Connection {
  readonly redis: Redis
  close(): void
}

/** One connection, which comes back by itself, also from a server that hangs. */
export function connectOne(
  server: ServerOptions & Pick<RedisOptions, 'commandTimeout'>,
  onError: (error: unknown) => void,
): Connection {
  const redis = new Redis({ ...CONNECTION, ...server })
  redis.on('error', onError)
  const stop = watch(redis)
  return {
    redis,
    close() {
      stop()
      redis.disconnect()
    },
  }
}

/** A server that is stopped keeps its connections open and says nothing. */
function watch(redis: Redis): () => void {
  let isWaiting = false
  const giveUp = (): void => {
    if (!isWaiting) return
    isWaiting = false
    redis.disconnect(true)
  }
  const look = (): void => {
    // After what has arrived meanwhile: this process may have been the one that was busy.
    if (isWaiting) setImmediate(giveUp)
    else if (redis.status === 'ready') ask()
    else if (redis.status === 'connect') isWaiting = true
  }
  const ask = (): void => {
    isWaiting = true
    const answered = (): void => {
      isWaiting = false
    }
    redis.ping().then(answered, answered)
  }
  redis.on('ready', () => {
    isWaiting = false
  })
  redis.on('close', () => {
    isWaiting = false
  })
  const timer = setInterval(look, WATCH_MS).unref()
  return () => clearInterval(timer)
}
