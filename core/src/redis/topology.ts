import { Redis } from 'ioredis'
import type { ServerOptions } from './connection.ts'
import { parseSlots, type ServerAddress, SLOT_COUNT } from './slots.ts'

/** Pace of asking a cluster that is well, ms. */
const CALM_MS = 5_000
/** Pace while something is wrong: the shortest and the longest pause, ms. */
const HURRY_MS = 100
const MAX_HURRY_MS = 1_000
/** A server that has not said by then who owns what is not asked any longer, ms. */
const ANSWER_MS = 1_500

interface TopologyParts {
  readonly seeds: readonly ServerAddress[]
  readonly access: Pick<ServerOptions, 'username' | 'password' | 'tls'>
  /** Connections to servers of the cluster that work. */
  readonly ready: () => readonly Redis[]
  /** Called with each server that owns slots, after every answer. */
  readonly onOwners: (owners: readonly ServerAddress[]) => void
  /** Nobody could be asked; it is tried again. */
  readonly onFailure: (error: unknown) => void
}

/** Which server of a Redis cluster owns which slot; asked again from time to time, and when somebody doubts it. */
interface Topology {
  ownerOf(slot: number): ServerAddress | undefined
  /** Whether every slot has an owner. */
  isComplete(): boolean
  refreshSoon(): void
  close(): void
}

export function createTopology(parts: TopologyParts): Topology {
  let owners: (ServerAddress | undefined)[] = []
  let hurry = HURRY_MS
  let isDoubted = true
  let isAsking = false
  let isClosed = false
  let timer: NodeJS.Timeout | null = null

  async function refresh(): Promise<void> {
    timer = null
    isAsking = true
    isDoubted = false
    try {
      owners = await askAnybody(parts)
      if (!isClosed) parts.onOwners(distinct(owners))
    } catch (error) {
      isDoubted = true
      if (!isClosed) parts.onFailure(error)
    }
    isAsking = false
    hurry = isDoubted ? Math.min(hurry * 2, MAX_HURRY_MS) : HURRY_MS
    plan(isDoubted ? hurry : CALM_MS)
  }

  function plan(afterMs: number): void {
    if (timer !== null) clearTimeout(timer)
    if (!isClosed) timer = setTimeout(() => void refresh(), afterMs).unref()
  }

  plan(0)
  return {
    ownerOf: (slot) => owners[slot],
    isComplete: () => owners.length === SLOT_COUNT && !owners.includes(undefined),
    refreshSoon() {
      if (isDoubted) return
      isDoubted = true
      // While one is under way its answer may be from before; the next follows it.
      if (!isAsking) plan(HURRY_MS)
    },
    close() {
      isClosed = true
      if (timer !== null) clearTimeout(timer)
    },
  }
}

function distinct(owners: readonly (ServerAddress | undefined)[]): ServerAddress[] {
  return [...new Set(owners)].filter((owner) => owner !== undefined)
}

/** @throws {Error} of the last one asked when nobody answers. */
async function askAnybody({ seeds, access, ready }: TopologyParts): Promise<(ServerAddress | undefined)[]> {
  let failure: unknown = new Error('There is nobody to ask about the cluster.')
  for (const redis of shuffled(ready())) {
    try {
      return await ask(redis)
    } catch (error) {
      failure = error
    }
  }
  for (const seed of shuffled(seeds)) {
    const redis = new Redis({ ...access, ...seed, ...VISIT })
    redis.on('error', () => undefined)
    try {
      await redis.connect()
      return await ask(redis)
    } catch (error) {
      failure = error
    } finally {
      redis.disconnect()
    }
  }
  throw failure
}

const VISIT = {
  lazyConnect: true,
  retryStrategy: () => null,
  maxRetriesPerRequest: 0,
  connectTimeout: ANSWER_MS,
  commandTimeout: ANSWER_MS,
  disconnectTimeout: 200,
}

async function ask(redis: Redis): Promise<(ServerAddress | undefined)[]> {
  const { host = '127.0.0.1', port = 6_379 } = redis.options
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(`${host}:${port} does not answer.`)), ANSWER_MS)
  try {
    return parseSlots(await Promise.race([redis.cluster('SLOTS'), late.promise]), { host, port })
  } finally {
    clearTimeout(timer)
  }
}

const shuffled = <T>(items: readonly T[]): T[] =>
  items
    .map((item) => ({ item, at: Math.random() }))
    .sort((one, other) => one.at - other.at)
    .map(({ item }) => item)
