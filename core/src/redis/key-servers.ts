import type { Redis } from 'ioredis'
import { type Connection, connectOne } from './connection.ts'
import { parseRedisUrl, type RedisTarget } from './redis-target.ts'
import { type ServerAddress, slotOf } from './slots.ts'
import { createTopology } from './topology.ts'

/** Connections for keys, apart from those of the fan-out: a large value must not hold up a hint. */
export interface KeyServers {
  /** The server that has the key, while it can be asked; `null` otherwise. */
  serverOf(key: string): Redis | null
  /** A server has said that it is not the one. */
  doubt(): void
  close(): void
}

/** @param url - As {@link parseRedisUrl} reads it: one server or a cluster. */
export function openKeyServers(url: string, onError: (error: unknown) => void): KeyServers {
  const target = parseRedisUrl(url)
  if (target.kind === 'cluster') return openCluster(target, onError)
  const { redis, close } = connectOne(target.server, onError)
  return {
    serverOf: () => readyOf(redis),
    doubt: () => undefined,
    close,
  }
}

function openCluster(
  { seeds, access }: Extract<RedisTarget, { kind: 'cluster' }>,
  onError: (error: unknown) => void,
): KeyServers {
  const connections = new Map<string, Connection>()

  function take(owners: readonly ServerAddress[]): void {
    const keys = new Set(owners.map(keyOf))
    for (const [key, { close }] of connections) {
      if (keys.has(key)) continue
      connections.delete(key)
      close()
    }
    for (const owner of owners) {
      const key = keyOf(owner)
      if (!connections.has(key)) connections.set(key, connectOne({ ...access, ...owner }, onError))
    }
  }

  const topology = createTopology({
    seeds,
    access,
    ready: () => [...connections.values()].flatMap(({ redis }) => readyOf(redis) ?? []),
    onOwners: take,
    onFailure: onError,
  })
  return {
    serverOf: (key) => {
      const owner = topology.ownerOf(slotOf(key))
      const connection = owner === undefined ? undefined : connections.get(keyOf(owner))
      return connection === undefined ? null : readyOf(connection.redis)
    },
    doubt: topology.refreshSoon,
    close() {
      topology.close()
      for (const { close } of connections.values()) close()
      connections.clear()
    },
  }
}

const keyOf = ({ host, port }: ServerAddress): string => `${host}:${port}`

const readyOf = (redis: Redis): Redis | null => (redis.status === 'ready' ? redis : null)
