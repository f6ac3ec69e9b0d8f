import type { Redis } from 'ioredis'
import type { SavedMoment, StateCache } from '../ports/state-cache.ts'
import type { DocumentName } from '../wire/document-name.ts'
import { openKeyServers } from './key-servers.ts'
import { encodeState, momentField, parseState } from './state-value.ts'

/**
 * Braces: in a cluster, everything of one document lives on one shard. The number is raised when the same version of a
 * document reads differently in a new release, so that the two do not take each other's states during an upgrade.
 */
const STATES = 'nexus:state:1:{'
/** How long a state is kept that nobody puts anew, ms. */
const KEEP_MS = 30 * 60_000
/** Bytes handed to a Redis that does not answer, before states are dropped instead. */
const MAX_PENDING_CHARS = 16_000_000

/** `late`: no answer in time. `invalid`: not a state. `failed`: Redis refused, or the connection broke. */
export type StateCacheTrouble = 'late' | 'invalid' | 'failed'

interface RedisStateCacheOptions {
  readonly url: string
  /** Longest time a reader waits, ms. */
  readonly waitMs: number
  /** States with more characters, source included, are not kept. */
  readonly maxChars: number
  /** A state could not be read or written. */
  readonly onTrouble?: (trouble: StateCacheTrouble) => void
  /** The connection failed (repeatedly while Redis is away). */
  readonly onError?: (error: unknown) => void
}

/**
 * One hash of one field for each document: the field names version and time, so that Redis itself answers nothing when it
 * has another one, and large states travel only to who can use them.
 */
export function createRedisStateCache(options: RedisStateCacheOptions): StateCache {
  const { url, waitMs, maxChars, onTrouble = () => undefined, onError = () => undefined } = options
  const servers = openKeyServers(url, onError)
  let pendingChars = 0

  function onFailed(error: unknown): void {
    onTrouble('failed')
    const isMoved = error instanceof Error && /^(MOVED|EXECABORT) /.test(error.message)
    if (isMoved) servers.doubt()
  }

  async function ask(redis: Redis, key: string, moment: SavedMoment): Promise<string | null> {
    const late = Promise.withResolvers<null>()
    const timer = setTimeout(() => {
      onTrouble('late')
      late.resolve(null)
    }, waitMs)
    const answer = redis.hget(key, momentField(moment)).catch((error: unknown) => {
      onFailed(error)
      return null
    })
    try {
      return await Promise.race([answer, late.promise])
    } finally {
      clearTimeout(timer)
    }
  }

  return {
    async get(document, moment) {
      const key = keyOf(document)
      const redis = servers.serverOf(key)
      const value = redis === null ? null : await ask(redis, key, moment)
      if (value === null) return null
      const state = parseState(value, moment)
      if (state === null) onTrouble('invalid')
      return state
    },
    put(document, state) {
      const key = keyOf(document)
      const redis = servers.serverOf(key)
      const chars = state.json.length + (state.source?.length ?? 0)
      if (redis === null || chars > maxChars || pendingChars > MAX_PENDING_CHARS) return
      pendingChars += chars
      const written = redis
        .multi()
        .del(key)
        .hset(key, momentField(state), encodeState(state))
        .pexpire(key, KEEP_MS)
        .exec()
      void written.catch(onFailed).finally(() => {
        pendingChars -= chars
      })
    },
    async close() {
      servers.close()
    },
  }
}

const keyOf = (document: DocumentName): string => `${STATES}${document}}`
