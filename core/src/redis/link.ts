import type { Unsubscribe } from '../ports/fanout.ts'

/** Redis as the fan-out sees it, one server or a cluster. Nothing of it throws or waits for long. */
export interface RedisLink {
  /** A hint that cannot leave now is dropped, because whoever misses it reads the log. */
  publish(channel: string, message: Uint8Array): void
  /** See {@link Channels}. */
  use(channel: string): Promise<Unsubscribe>
  isUsed(channel: string): boolean
  /** `false` while messages are surely lost. */
  isHealthy(): boolean
  close(): void
}

export interface LinkParts {
  /** Whether the channel is one document's; in a cluster it stays on that document's shard then. */
  readonly isSharded: (channel: string) => boolean
  /** @param isByPattern - It came because of a channel that ends in `*`. */
  readonly onMessage: (channel: string, message: Uint8Array, isByPattern: boolean) => void
  readonly onGap: () => void
  readonly onError: (error: unknown) => void
}
