import type { Redis } from 'ioredis'
import type { Unsubscribe } from '../ports/fanout.ts'

/** Channels per command when everything is subscribed again. */
const CHUNK = 1_000

/** The channels one connection listens to, each as long as somebody wants it. */
interface Channels {
  /**
   * Resolves when Redis sends what is published on `channel` (ending in `*`: on all that begin so) from now on. While Redis is
   * away it resolves at once: the channel is subscribed when Redis is back.
   */
  use(channel: string): Promise<Unsubscribe>
  isUsed(channel: string): boolean
}

/** @param onSubscribedAgain - Redis is (back) there and everything is subscribed; before, messages were lost. */
export function createChannels(subscriber: Redis, onSubscribedAgain: () => void): Channels {
  const channels = new Map<string, { users: number; subscribed: Promise<void> }>()
  const firstAttempt = Promise.withResolvers<void>()
  subscriber.once('close', firstAttempt.resolve)
  subscriber.on('ready', () => void subscribeAgain())

  async function subscribeAgain(): Promise<void> {
    const names = [...channels.keys()]
    const isDone = await succeeds(async () => {
      for (let start = 0; start < names.length; start += CHUNK) {
        await subscribe(names.slice(start, start + CHUNK))
      }
    })
    firstAttempt.resolve()
    if (isDone) onSubscribedAgain()
  }

  async function subscribe(names: readonly string[]): Promise<void> {
    const patterns = names.filter(isPattern)
    const plain = names.filter((name) => !isPattern(name))
    if (patterns.length > 0) await subscriber.psubscribe(...patterns)
    if (plain.length > 0) await subscriber.subscribe(...plain)
  }

  async function subscribeFirst(channel: string): Promise<void> {
    await firstAttempt.promise
    if (subscriber.status !== 'ready' || !channels.has(channel)) return
    await succeeds(() => subscribe([channel]))
  }

  function release(channel: string): void {
    const use = channels.get(channel)
    if (use === undefined) return
    use.users -= 1
    if (use.users > 0) return
    channels.delete(channel)
    if (subscriber.status !== 'ready') return
    void succeeds(() =>
      isPattern(channel) ? subscriber.punsubscribe(channel) : subscriber.unsubscribe(channel),
    )
  }

  return {
    async use(channel) {
      const use = channels.get(channel) ?? { users: 0, subscribed: Promise.resolve() }
      channels.set(channel, use)
      use.users += 1
      if (use.users === 1) use.subscribed = subscribeFirst(channel)
      await use.subscribed
      let isReleased = false
      return () => {
        if (!isReleased) release(channel)
        isReleased = true
      }
    },
    isUsed: (channel) => channels.has(channel),
  }
}

const isPattern = (channel: string): boolean => channel.endsWith('*')

/** A command fails only because the connection is gone or hangs; when it is back, everything is subscribed again. */
async function succeeds(command: () => Promise<unknown>): Promise<boolean> {
  try {
    await command()
    return true
  } catch {
    return false
  }
}
