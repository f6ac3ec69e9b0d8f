import type { Redis } from 'ioredis'

/** Bytes handed to a Redis that does not answer, before hints are dropped instead. */
const MAX_PENDING_BYTES = 16_000_000

/**
 * Publishes without ever waiting or throwing: a hint that cannot leave now is dropped, because whoever misses it reads the log.
 */
export function createPublisher(redis: Redis): (channel: string, message: Uint8Array) => void {
  let pendingBytes = 0
  return (channel, message) => {
    if (redis.status !== 'ready' || pendingBytes > MAX_PENDING_BYTES) return
    const bytes = message.byteLength
    const settle = (): void => {
      pendingBytes -= bytes
    }
    pendingBytes += bytes
    redis.publish(channel, Buffer.from(message.buffer, message.byteOffset, bytes)).then(settle, settle)
  }
}
