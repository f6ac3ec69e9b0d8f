import { createChannels } from './channels.ts'
import { connect, type ServerOptions } from './connection.ts'
import type { LinkParts, RedisLink } from './link.ts'
import { createPublisher } from './publisher.ts'

/** One Redis server. */
export function createSingleLink(server: ServerOptions, { onMessage, onGap, onError }: LinkParts): RedisLink {
  const { publisher, subscriber, close } = connect(server, onError)
  const send = createPublisher(publisher)
  const channels = createChannels({
    kindOf: (channel) => ({ command: channel.endsWith('*') ? 'psubscribe' : 'subscribe' }),
    placeOf: () => (subscriber.status === 'ready' ? subscriber : null),
    onGap,
    onRefused: () => undefined,
  })
  subscriber.on('ready', channels.settle)
  // What we said meanwhile is lost, too.
  publisher.on('ready', () => {
    if (subscriber.status === 'ready') channels.settle()
  })
  subscriber.on('close', () => {
    channels.drop(subscriber)
    channels.begin()
  })
  subscriber.on('messageBuffer', (channel, message) => onMessage(channel.toString(), message, false))
  subscriber.on('pmessageBuffer', (_, channel, message) => onMessage(channel.toString(), message, true))
  return {
    publish: (channel, message) => send('publish', { channel, message }),
    use: channels.use,
    isUsed: channels.isUsed,
    isHealthy: () => publisher.status === 'ready' && subscriber.status === 'ready',
    close() {
      channels.close()
      close()
    },
  }
}
