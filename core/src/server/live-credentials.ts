import type { Clock } from '../ports/clock.ts'
import type { Fanout, Unsubscribe } from '../ports/fanout.ts'
import type { Db } from '../sql/database.ts'
import { credentialOf, type VerifiedCaller } from './caller.ts'

/** How long an answer of the database is believed, in ms: what was ended elsewhere works so long when the word of it is lost. */
const BELIEVED_FOR_MS = 2_000
const MAX_REMEMBERED = 20_000

/** Sessions and API keys that have not been ended. */
export interface LiveCredentials {
  /** Whether what the caller came with still stands. One small query for each, every two seconds. */
  isLive(caller: VerifiedCaller): Promise<boolean>
  /** A session or key has just been ended, and the database knows; every process hears of it. */
  markEnded(id: string): void
  /** Called when one is ended, here or elsewhere. */
  onEnded(listener: (id: string) => void): Unsubscribe
}

/** Makes access tokens end with their session, and keys with their row. */
export function createLiveCredentials(parts: {
  readonly db: Db
  readonly clock: Clock
  readonly fanout: Pick<Fanout, 'publishEnded' | 'onEnded'>
}): LiveCredentials {
  const { clock, fanout } = parts
  const known = new Map<string, { readonly isLive: boolean; readonly until: number }>()
  const listeners = new Set<(id: string) => void>()
  const remember = (id: string, isLive: boolean, forMs: number): void => {
    if (known.size >= MAX_REMEMBERED) known.clear()
    known.set(id, { isLive, until: clock.now().getTime() + forMs })
  }
  const recall = (id: string): boolean | null => {
    const entry = known.get(id)
    return entry !== undefined && entry.until > clock.now().getTime() ? entry.isLive : null
  }
  const onEnded = (id: string): void => {
    remember(id, false, BELIEVED_FOR_MS)
    for (const listener of [...listeners]) listener(id)
  }
  // Here at once. Of what others end we hear as soon as the fan-out can, and without it by asking.
  fanout.onEnded(onEnded).catch(() => undefined)

  return {
    async isLive(caller) {
      const id = credentialOf(caller)
      if (id === null) return true
      const before = recall(id)
      if (before !== null) return before
      const isThere = await isInDatabase(parts, caller, id)
      // It may have been ended here while the question was on its way.
      if (recall(id) !== false && isThere) remember(id, true, BELIEVED_FOR_MS)
      return recall(id) ?? false
    },
    markEnded: (id) => fanout.publishEnded(id),
    onEnded(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

async function isInDatabase(
  { db, clock }: { readonly db: Db; readonly clock: Clock },
  { key, userId }: VerifiedCaller,
  id: string,
): Promise<boolean> {
  const row =
    key === null
      ? await db
          .selectFrom('sessions')
          .select('id')
          .where('id', '=', id)
          .where('user_id', '=', userId)
          .where('expires_at', '>', clock.now())
          .executeTakeFirst()
      : await db
          .selectFrom('api_keys as k')
          .innerJoin('users as u', 'u.id', 'k.user_id')
          .select('k.id')
          .where('k.id', '=', id)
          .where('k.user_id', '=', userId)
          // A closed account opens nothing.
          .where('u.deleted_at', 'is', null)
          .executeTakeFirst()
  return row !== undefined
}
