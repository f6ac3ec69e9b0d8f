import type { Fanout, NodePulse } from '../ports/fanout.ts'
import { createTopic } from './topic.ts'

interface MemoryFanoutOptions {
  /** A listener threw; the other listeners were called all the same. */
  readonly onListenerError?: (error: unknown) => void
}

/**
 * Carries hints within one process: every listener has been called when `announce` or another of its kind
 * returns. Nothing is lost, so `onGap` never fires.
 */
export function createMemoryFanout({ onListenerError = reportLater }: MemoryFanoutOptions = {}): Fanout {
  const announcements = createTopic<Parameters<Fanout['announce']>[0]>(onListenerError)
  const presence = createTopic<Parameters<Fanout['publishPresence']>[0]>(onListenerError)
  const notices = createTopic<Parameters<Fanout['publishNotice']>[0]>(onListenerError)
  const anyNotice = createTopic<Parameters<Fanout['publishNotice']>[0]>(onListenerError)
  const pulses = createTopic<NodePulse>(onListenerError)
  const ended = createTopic<string>(onListenerError)
  return {
    announce: (announcement) => announcements.publish(announcement.document, announcement),
    publishPresence: (message) => presence.publish(message.document, message),
    publishNotice(notice) {
      notices.publish(notice.workspaceId, notice)
      anyNotice.publish('', notice)
    },
    publishPulse: (pulse) => pulses.publish('', pulse),
    publishEnded: (credential) => ended.publish('', credential),
    onAnnouncement: async (document, listener) => announcements.subscribe(document, listener),
    onPresence: async (document, listener) => presence.subscribe(document, listener),
    onNotice: async (workspaceId, listener) => notices.subscribe(workspaceId, listener),
    onAnyNotice: async (listener) => anyNotice.subscribe('', listener),
    onPulse: async (listener) => pulses.subscribe('', listener),
    onEnded: async (listener) => ended.subscribe('', listener),
    onGap: () => () => undefined,
    isHealthy: () => true,
    async close() {
      for (const topic of [announcements, presence, notices, anyNotice, pulses, ended]) topic.clear()
    },
  }
}

/** Nobody was named to hear of it: the process shall, as of any uncaught error, but not the publisher. */
function reportLater(error: unknown): void {
  queueMicrotask(() => {
    throw error
  })
}
