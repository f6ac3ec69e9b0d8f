import type { Redis } from 'ioredis'

/** Bytes handed to a Redis that does not answer, before hints are dropped instead. */
const MAX_PENDING_BYTES = 16_000_000

type Publish = (
  command: 'publish' | 'spublish',
  hint: { readonly channel: string; readonly message: Uint8Array },
) => void

/**
 * Publishes without ever waiting or throwing: a hint that cannot leave now is dropped, because whoever misses it reads the log.
 *
 * @param onRefused - This server is not the right one any more.
 */
export function createPublisher(redis: Redis, onRefused: () => void = () => undefined): Publish {
  let pendingBytes = 0
  let isGathering = false

  /** What is published in one turn, such as all documents of a commit, goes out in one write. */
  function gather(): void {
    if (isGathering) return
    isGathering = true
    const { stream } = redis
    stream.cork()
    process.nextTick(() => {
      isGathering = false
      stream.uncork()
    })
  }

  return (command, { channel, message }) => {
    if (redis.status !== 'ready' || pendingBytes > MAX_PENDING_BYTES) return
    gather()
    const bytes = message.byteLength
    pendingBytes += bytes
    const settle = (): void => {
      pendingBytes -= bytes
    }
    redis[command](channel, Buffer.from(message.buffer, message.byteOffset, bytes)).then(
      settle,
      (error: unknown) => {
        settle()
        if (error instanceof Error && error.message.startsWith('MOVED ')) onRefused()
      },
    )
  }
}
