import { Redis } from 'ioredis'

/** What a Redis holds and who listens there. */
export async function redisStats(url: string): Promise<{ readonly keys: number; readonly channels: number }> {
  const redis = new Redis(url)
  try {
    const channels = await redis.pubsub('CHANNELS')
    return { keys: await redis.dbsize(), channels: channels.length }
  } finally {
    redis.disconnect()
  }
}

export async function emptyRedis(url: string): Promise<void> {
  const redis = new Redis(url)
  try {
    await redis.flushall()
  } finally {
    redis.disconnect()
  }
}
