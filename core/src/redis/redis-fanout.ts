import { createMemoryFanout } from '../memory/memory-fanout.ts'
import type { NodeId } from '../model/ids.ts'
import type { Fanout, Unsubscribe } from '../ports/fanout.ts'
import type { DocumentName } from '../wire/document-name.ts'
import { decodeAnnouncement, encodeAnnouncement } from './announcement-message.ts'
import { createClusterLink } from './cluster-link.ts'
import type { LinkParts, RedisLink } from './link.ts'
import {
  decodeEnded,
  decodeNotice,
  decodePresence,
  decodePulse,
  encodeEnded,
  encodeNotice,
  encodePresence,
  encodePulse,
  openMessage,
} from './messages.ts'
import { parseRedisUrl } from './redis-target.ts'
import { createSingleLink } from './single-link.ts'

/** Braces: in a cluster, everything of one document or workspace lives on one shard. */
const UPDATES = 'nexus:updates:{'
const PRESENCE = 'nexus:presence:{'
const NOTICES = 'nexus:notices:{'
const ALL_NOTICES = `${NOTICES}*`
const PULSES = 'nexus:pulses'
const ENDED = 'nexus:ended'

interface RedisFanoutOptions {
  /** As {@link parseRedisUrl} reads it: one server or a cluster. */
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
  const link = openLink(url, {
    isSharded: (channel) => channel.startsWith(UPDATES) || channel.startsWith(PRESENCE),
    onMessage: receive,
    onGap: () => {
      for (const listener of [...gapListeners]) listener()
    },
    onError,
  })

  function receive(channel: string, message: Uint8Array, isByPattern: boolean): void {
    try {
      if (openMessage(message).origin !== nodeId) deliver(channel, message, isByPattern)
    } catch (error) {
      onError(error)
    }
  }

  function deliver(channel: string, message: Uint8Array, isByPattern: boolean): void {
    if (channel.startsWith(UPDATES)) local.announce(decodeAnnouncement(documentOf(channel), message))
    else if (channel.startsWith(PRESENCE)) local.publishPresence(decodePresence(documentOf(channel), message))
    else if (channel === PULSES) local.publishPulse(decodePulse(message))
    else if (channel === ENDED) local.publishEnded(decodeEnded(message))
    // Who hears all gets it a second time, by the pattern.
    else if (isByPattern || !link.isUsed(ALL_NOTICES)) local.publishNotice(decodeNotice(message))
  }

  /** Listens here first, then asks Redis; undone together. */
  async function listen(channel: string, listening: Promise<Unsubscribe>): Promise<Unsubscribe> {
    const unlisten = await listening
    const release = await link.use(channel)
    return () => {
      unlisten()
      release()
    }
  }

  return {
    announce(announcement) {
      local.announce(announcement)
      link.publish(channelOf(UPDATES, announcement.document), encodeAnnouncement(nodeId, announcement))
    },
    publishPresence(message) {
      local.publishPresence(message)
      link.publish(channelOf(PRESENCE, message.document), encodePresence(nodeId, message))
    },
    publishNotice(notice) {
      local.publishNotice(notice)
      link.publish(channelOf(NOTICES, notice.workspaceId), encodeNotice(nodeId, notice))
    },
    publishPulse(pulse) {
      local.publishPulse(pulse)
      link.publish(PULSES, encodePulse(nodeId, pulse))
    },
    publishEnded(credential) {
      local.publishEnded(credential)
      link.publish(ENDED, encodeEnded(nodeId, credential))
    },
    onAnnouncement: (document, listener) =>
      listen(channelOf(UPDATES, document), local.onAnnouncement(document, listener)),
    onPresence: (document, listener) =>
      listen(channelOf(PRESENCE, document), local.onPresence(document, listener)),
    onNotice: (workspaceId, listener) =>
      listen(channelOf(NOTICES, workspaceId), local.onNotice(workspaceId, listener)),
    onAnyNotice: (listener) => listen(ALL_NOTICES, local.onAnyNotice(listener)),
    onPulse: (listener) => listen(PULSES, local.onPulse(listener)),
    onEnded: (listener) => listen(ENDED, local.onEnded(listener)),
    onGap(listener) {
      gapListeners.add(listener)
      return () => void gapListeners.delete(listener)
    },
    isHealthy: link.isHealthy,
    async close() {
      link.close()
      gapListeners.clear()
      await local.close()
    },
  }
}

function openLink(url: string, parts: LinkParts): RedisLink {
  const target = parseRedisUrl(url)
  return target.kind === 'single' ? createSingleLink(target.server, parts) : createClusterLink(target, parts)
}

const channelOf = (prefix: string, name: string): string => `${prefix}${name}}`

const documentOf = (channel: string): DocumentName =>
  channel.slice(channel.indexOf('{') + 1, -1) as DocumentName
