import { Redis, type RedisOptions } from 'ioredis'
import { createMemoryFanout } from '../memory/memory-fanout.ts'
import type { NodeId } from '../model/ids.ts'
import type { Fanout, Unsubscribe } from '../ports/fanout.ts'
import type { DocumentName } from '../wire/document-name.ts'
import { createChannels } from './channels.ts'
import {
  decodeAnnouncement,
  decodeNotice,
  decodePresence,
  encodeAnnouncement,
  encodeNotice,
  encodePresence,
  openMessage,
} from './messages.ts'
import { createPublisher } from './publisher.ts'

/** Braces: in a cluster, everything of one document or workspace lives on one shard. */
const UPDATES = 'nexus:updates:{'
const PRESENCE = 'nexus:presence:{'
const NOTICES = 'nexus:notices:{'
const ALL_NOTICES = `${NOTICES}*`

const CONNECTION = {
  // A command that cannot go out now fails now; nothing of ours ever waits for Redis.
  enableOfflineQueue: false,
  autoResubscribe: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  retryStrategy: (attempt: number) => Math.min(attempt * 100, 1_000),
  connectTimeout: 5_000,
} satisfies RedisOptions
/** For `subscribe`: opening a document waits no longer than this for a Redis that hangs. */
const SUBSCRIBE_TIMEOUT_MS = 2_000

interface RedisFanoutOptions {
  /** `redis://[:password@]host:port[/db]`, `rediss://` with TLS. */
  readonly url: string
  /** This process; its own messages are delivered here directly, and ignored when they come back. */
  readonly nodeId: NodeId
  /** A message could not be read, a listener threw, or the connection failed (repeatedly while Redis is away). */
  readonly onError?: (error: unknown) => void
}

/**
 * Carries hints between processes through Redis. Listeners of this process are called at once, Redis or not.
 *
 * While Redis is away everything resolves and nothing throws: others hear nothing, and `onGap` fires when it is back.
 */
export function createRedisFanout(options: RedisFanoutOptions): Fanout {
  const { url, nodeId, onError = () => undefined } = options
  const local = createMemoryFanout({ onListenerError: onError })
  const gapListeners = new Set<() => void>()
  const publisher = new Redis(url, CONNECTION)
  const subscriber = new Redis(url, { ...CONNECTION, commandTimeout: SUBSCRIBE_TIMEOUT_MS })
  const publish = createPublisher(publisher)
  const channels = createChannels(subscriber, () => {
    for (const listener of [...gapListeners]) listener()
  })
  publisher.on('error', onError)
  subscriber.on('error', onError)
  subscriber.on('messageBuffer', (channel, message) => receive(channel.toString(), message))
  subscriber.on('pmessageBuffer', (_pattern, _channel, message) => receiveNotice(message))

  function receive(channel: string, message: Uint8Array): void {
    if (channel.startsWith(UPDATES)) {
      fromOthers(message, () => local.announce(decodeAnnouncement(documentOf(channel), message)))
    } else if (channel.startsWith(PRESENCE)) {
      fromOthers(message, () => local.publishPresence(decodePresence(documentOf(channel), message)))
    } else if (!channels.isUsed(ALL_NOTICES)) {
      // Otherwise it comes a second time, by the pattern.
      receiveNotice(message)
    }
  }

  const receiveNotice = (message: Uint8Array): void =>
    fromOthers(message, () => local.publishNotice(decodeNotice(message)))

  function fromOthers(message: Uint8Array, deliver: () => void): void {
    try {
      if (openMessage(message).origin !== nodeId) deliver()
    } catch (error) {
      onError(error)
    }
  }

  /** Listens here first, then asks Redis; undone together. */
  async function listen(channel: string, listening: Promise<Unsubscribe>): Promise<Unsubscribe> {
    const unlisten = await listening
    const release = await channels.use(channel)
    return () => {
      unlisten()
      release()
    }
  }

  return {
    announce(announcement) {
      local.announce(announcement)
      publish(channelOf(UPDATES, announcement.document), encodeAnnouncement(nodeId, announcement))
    },
    publishPresence(message) {
      local.publishPresence(message)
      publish(channelOf(PRESENCE, message.document), encodePresence(nodeId, message))
    },
    publishNotice(notice) {
      local.publishNotice(notice)
      publish(channelOf(NOTICES, notice.workspaceId), encodeNotice(nodeId, notice))
    },
    onAnnouncement: (document, listener) =>
      listen(channelOf(UPDATES, document), local.onAnnouncement(document, listener)),
    onPresence: (document, listener) =>
      listen(channelOf(PRESENCE, document), local.onPresence(document, listener)),
    onNotice: (workspaceId, listener) =>
      listen(channelOf(NOTICES, workspaceId), local.onNotice(workspaceId, listener)),
    onAnyNotice: (listener) => listen(ALL_NOTICES, local.onAnyNotice(listener)),
    onGap(listener) {
      gapListeners.add(listener)
      return () => void gapListeners.delete(listener)
    },
    isHealthy: () => publisher.status === 'ready' && subscriber.status === 'ready',
    async close() {
      publisher.disconnect()
      subscriber.disconnect()
      gapListeners.clear()
      await local.close()
    },
  }
}

const channelOf = (prefix: string, name: string): string => `${prefix}${name}}`

const documentOf = (channel: string): DocumentName =>
  channel.slice(channel.indexOf('{') + 1, -1) as DocumentName
