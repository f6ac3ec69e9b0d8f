import { createChannels } from './channels.ts'
import { type Connections, connect } from './connection.ts'
import type { LinkParts, RedisLink } from './link.ts'
import { createPublisher } from './publisher.ts'
import type { RedisTarget } from './redis-target.ts'
import { type ServerAddress, slotOf } from './slots.ts'
import { createTopology } from './topology.ts'

interface Shard extends Connections {
  readonly send: ReturnType<typeof createPublisher>
}

/**
 * A Redis cluster: what is one document's goes over the shard that owns it and nowhere else; notices and pulses, which are
 * rare, over any server, and the cluster takes them to all of them.
 */
export function createClusterLink(
  { seeds, access }: Extract<RedisTarget, { kind: 'cluster' }>,
  { isSharded, onMessage, onGap, onError }: LinkParts,
): RedisLink {
  const shards = new Map<string, Shard>()
  /** Carries what is not sharded. */
  let home: Shard | null = null

  const channels = createChannels({
    kindOf: (channel) => {
      if (isSharded(channel)) return { command: 'ssubscribe', slot: slotOf(channel) }
      return { command: channel.endsWith('*') ? 'psubscribe' : 'subscribe' }
    },
    placeOf: ({ slot }) => {
      const shard = slot === undefined ? findHome() : shardOf(slot)
      return shard?.subscriber.status === 'ready' ? shard.subscriber : null
    },
    onGap,
    onRefused: () => topology.refreshSoon(),
  })
  const topology = createTopology({
    seeds,
    access,
    ready: () =>
      [...shards.values()].map(({ publisher }) => publisher).filter(({ status }) => status === 'ready'),
    onOwners: take,
    onFailure: (error) => {
      channels.begin()
      onError(error)
    },
  })

  /** One shard for each server that owns slots, and none for others. */
  function take(owners: readonly ServerAddress[]): void {
    const keys = new Set(owners.map(keyOf))
    for (const [key, shard] of shards) if (!keys.has(key)) close(key, shard)
    for (const owner of owners) if (!shards.has(keyOf(owner))) shards.set(keyOf(owner), open(owner))
    if (!channels.isSettled()) channels.settle()
  }

  function open(address: ServerAddress): Shard {
    const connections = connect({ ...access, ...address }, onError)
    const { publisher, subscriber } = connections
    subscriber.on('ready', channels.settle)
    // What we said meanwhile is lost, too.
    publisher.on('ready', () => {
      if (subscriber.status === 'ready') channels.settle()
    })
    subscriber.on('close', () => {
      channels.drop(subscriber)
      topology.refreshSoon()
      // What was carried here and can be carried elsewhere.
      if (home?.subscriber === subscriber) channels.settle()
    })
    // A slot went to another server, which ends its subscriptions without a question (ioredis 6: an unsolicited
    // `sunsubscribe`). It does not say which, so all of this server's are asked for again.
    subscriber.on('moved', () => {
      channels.drop(subscriber)
      topology.refreshSoon()
    })
    for (const event of ['messageBuffer', 'smessageBuffer'] as const) {
      subscriber.on(event, (channel: Buffer, message: Buffer) =>
        onMessage(channel.toString(), message, false),
      )
    }
    subscriber.on('pmessageBuffer', (_, channel, message) => onMessage(channel.toString(), message, true))
    return { ...connections, send: createPublisher(publisher, topology.refreshSoon) }
  }

  function close(key: string, shard: Shard): void {
    shards.delete(key)
    channels.drop(shard.subscriber)
    shard.close()
  }

  function shardOf(slot: number): Shard | undefined {
    const owner = topology.ownerOf(slot)
    return owner === undefined ? undefined : shards.get(keyOf(owner))
  }

  function findHome(): Shard | null {
    if (home === null || !isWorking(home)) home = [...shards.values()].find(isWorking) ?? null
    return home
  }

  return {
    publish(channel, message) {
      if (isSharded(channel)) shardOf(slotOf(channel))?.send('spublish', { channel, message })
      else findHome()?.send('publish', { channel, message })
    },
    use: channels.use,
    isUsed: channels.isUsed,
    isHealthy: () => topology.isComplete() && [...shards.values()].every(isWorking) && channels.isSettled(),
    close() {
      topology.close()
      channels.close()
      for (const [key, shard] of shards) close(key, shard)
    },
  }
}

const keyOf = ({ host, port }: ServerAddress): string => `${host}:${port}`

const isWorking = ({ publisher, subscriber }: Shard): boolean =>
  publisher.status === 'ready' && subscriber.status === 'ready'
