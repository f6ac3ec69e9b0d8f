import type { UserId } from '../model/ids.ts'
import type { Clock } from '../ports/clock.ts'
import type { Db } from '../sql/database.ts'
import { ACCESS_TOKEN_TTL_S } from './access-token-verifier.ts'

/** How long an answer of the database is believed, in ms. A sign-out on another node works here after this long. */
const BELIEVED_FOR_MS = 5_000
const MAX_REMEMBERED = 20_000

export interface LiveSessions {
  /** Whether the session an access token was made from is still there. */
  isLive(session: { readonly id: string; readonly userId: UserId }): Promise<boolean>
  /** The session has just been ended here. */
  markEnded(sessionId: string): void
}

/** Makes access tokens end with their session, at the price of one small query per session and five seconds. */
export function createLiveSessions({ db, clock }: { readonly db: Db; readonly clock: Clock }): LiveSessions {
  const known = new Map<string, { readonly isLive: boolean; readonly until: number }>()
  const remember = (id: string, isLive: boolean, forMs: number): void => {
    if (known.size >= MAX_REMEMBERED) known.clear()
    known.set(id, { isLive, until: clock.now().getTime() + forMs })
  }
  const recall = (id: string): boolean | null => {
    const entry = known.get(id)
    return entry !== undefined && entry.until > clock.now().getTime() ? entry.isLive : null
  }
  return {
    isLive: async ({ id, userId }) => {
      const before = recall(id)
      if (before !== null) return before
      const row = await db
        .selectFrom('sessions')
        .select('id')
        .where('id', '=', id)
        .where('user_id', '=', userId)
        .where('expires_at', '>', clock.now())
        .executeTakeFirst()
      // It may have been ended here while the question was on its way.
      if (recall(id) !== false && row !== undefined) remember(id, true, BELIEVED_FOR_MS)
      return recall(id) ?? false
    },
    markEnded: (sessionId) => remember(sessionId, false, ACCESS_TOKEN_TTL_S * 1_000),
  }
}
