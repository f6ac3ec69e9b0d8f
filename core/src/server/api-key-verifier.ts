import { hash } from 'node:crypto'
import { NexusError } from '../model/errors.ts'
import type { Clock } from '../ports/clock.ts'
import type { Db } from '../sql/database.ts'
import { NEVER, type VerifiedCaller } from './caller.ts'

/** Keys begin with it, so that scanners of leaked secrets find them. */
export const API_KEY_PREFIX = 'nxs_'
/** 256 random bits in base64url. */
const API_KEY = /^nxs_[A-Za-z0-9_-]{43}$/
/** What a key says does not change; whether it still stands is asked elsewhere. Ms. */
const BELIEVED_FOR_MS = 60_000
/** "Last used" is as exact as this, so that a busy key is not a busy row; ms. */
const TOUCH_EVERY_MS = 60_000
const MAX_REMEMBERED = 10_000

/** What is stored of a key. */
export const hashApiKey = (key: string): string => hash('sha256', key, 'base64url')

export const isApiKey = (token: string): boolean => token.startsWith(API_KEY_PREFIX)

export interface ApiKeyVerifier {
  /** @throws {NexusError} `unauthorized` when it is none of ours, or over. */
  verify(key: string): Promise<VerifiedCaller>
}

interface Known {
  readonly caller: VerifiedCaller
  readonly until: number
}

/** Checks API keys by their hashes in table `api_keys`, and notes there that they were used. */
export function createApiKeyVerifier({
  db,
  clock,
}: {
  readonly db: Db
  readonly clock: Clock
}): ApiKeyVerifier {
  const known = new Map<string, Known>()
  const touchedAt = new Map<string, number>()

  /** Not waited for: a key works as well when nobody can say that it did. */
  function touch(id: string): void {
    const now = clock.now()
    if ((touchedAt.get(id) ?? Number.NEGATIVE_INFINITY) > now.getTime() - TOUCH_EVERY_MS) return
    if (touchedAt.size >= MAX_REMEMBERED) touchedAt.clear()
    touchedAt.set(id, now.getTime())
    const before = new Date(now.getTime() - TOUCH_EVERY_MS)
    db.updateTable('api_keys')
      .set({ last_used_at: now })
      .where('id', '=', id)
      .where((eb) => eb.or([eb('last_used_at', 'is', null), eb('last_used_at', '<', before)]))
      .execute()
      .catch(() => touchedAt.delete(id))
  }

  async function find(keyHash: string): Promise<VerifiedCaller> {
    const before = known.get(keyHash)
    if (before !== undefined && before.until > clock.now().getTime()) return before.caller
    const caller = await readKey(db, keyHash)
    if (caller === null) throw new NexusError('unauthorized', 'The API key is not valid, or was revoked.')
    if (known.size >= MAX_REMEMBERED) known.clear()
    known.set(keyHash, { caller, until: clock.now().getTime() + BELIEVED_FOR_MS })
    return caller
  }

  return {
    async verify(key) {
      if (!API_KEY.test(key)) throw new NexusError('unauthorized', 'This is not an API key.')
      const caller = await find(hashApiKey(key))
      if (caller.expiresAt <= clock.now()) throw new NexusError('unauthorized', 'The API key has expired.')
      if (caller.key !== null) touch(caller.key.id)
      return caller
    },
  }
}

async function readKey(db: Db, keyHash: string): Promise<VerifiedCaller | null> {
  const row = await db
    .selectFrom('api_keys as k')
    .innerJoin('users as u', 'u.id', 'k.user_id')
    .select(['k.id', 'k.user_id', 'k.scopes', 'k.workspace_ids', 'k.expires_at', 'u.name'])
    .where('k.key_hash', '=', keyHash)
    .executeTakeFirst()
  if (row === undefined) return null
  return {
    userId: row.user_id,
    name: row.name,
    sessionId: null,
    key: { id: row.id, scopes: row.scopes, workspaceIds: row.workspace_ids },
    expiresAt: row.expires_at ?? NEVER,
  }
}
