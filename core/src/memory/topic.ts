import type { Unsubscribe } from '../ports/fanout.ts'

/** Listeners by channel name, within one process. */
export interface Topic<Message> {
  /** Calls every listener of `channel`, in the order they came. What one throws goes to `onListenerError`. */
  publish(channel: string, message: Message): void
  subscribe(channel: string, listener: (message: Message) => void): Unsubscribe
  /** Whether anybody listens on `channel`. */
  has(channel: string): boolean
  clear(): void
}

export function createTopic<Message>(onListenerError: (error: unknown) => void): Topic<Message> {
  // A subscription is an object of its own, so that one function may listen twice.
  const channels = new Map<string, Set<{ listener: (message: Message) => void }>>()
  return {
    publish(channel, message) {
      for (const { listener } of [...(channels.get(channel) ?? [])]) {
        try {
          listener(message)
        } catch (error) {
          onListenerError(error)
        }
      }
    },
    subscribe(channel, listener) {
      const subscription = { listener }
      const subscriptions = channels.get(channel) ?? new Set()
      channels.set(channel, subscriptions.add(subscription))
      return () => {
        subscriptions.delete(subscription)
        if (subscriptions.size === 0 && channels.get(channel) === subscriptions) channels.delete(channel)
      }
    },
    has: (channel) => channels.has(channel),
    clear: () => channels.clear(),
  }
}
