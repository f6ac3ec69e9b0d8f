import { NexusError, type UserId } from '@nexus/core'
import type { Db, Trx } from '@nexus/core/sql'

/** Who began a session, as far as the request told. */
export interface Visitor {
  readonly ipAddress: string | null
  readonly userAgent: string | null
}

const MAX_USER_AGENT_CHARS = 400

/** The same with no more than is kept. */
export const shortened = ({ ipAddress, userAgent }: Visitor): Visitor => ({
  ipAddress,
  userAgent: userAgent?.slice(0, MAX_USER_AGENT_CHARS) ?? null,
})

export interface Session extends Visitor {
  readonly id: string
  readonly createdAt: Date
  readonly lastUsedAt: Date
  readonly expiresAt: Date
}

/** Those that are not over, the one used last first. */
export async function listSessions(db: Db, userId: UserId, now: Date): Promise<Session[]> {
  const rows = await db
    .selectFrom('sessions')
    .select(['id', 'created_at', 'last_used_at', 'expires_at', 'user_agent', 'ip_address'])
    .where('user_id', '=', userId)
    .where('expires_at', '>', now)
    .execute()
  return rows
    .map((row) => ({
      id: row.id,
      createdAt: row.created_at,
      lastUsedAt: row.last_used_at ?? row.created_at,
      expiresAt: row.expires_at,
      // The library writes what it does not know as nothing.
      userAgent: row.user_agent || null,
      ipAddress: row.ip_address || null,
    }))
    .toSorted((a, b) => b.lastUsedAt.getTime() - a.lastUsedAt.getTime())
}

export async function noteVisitor(db: Db | Trx, sessionId: string, visitor: Visitor): Promise<void> {
  const { ipAddress, userAgent } = shortened(visitor)
  await db
    .updateTable('sessions')
    .set({ ip_address: ipAddress, user_agent: userAgent })
    .where('id', '=', sessionId)
    .execute()
}

/** It has just made an access token. */
export async function noteSessionUse(db: Db, sessionId: string, now: Date): Promise<void> {
  await db.updateTable('sessions').set({ last_used_at: now }).where('id', '=', sessionId).execute()
}

/** A session that began this long ago stands for the password of somebody who has none, ms. */
const RECENT_FOR_MS = 10 * 60_000

/** @throws {NexusError} `recent_sign_in_required` when it began too long ago. */
export async function requireRecentSession(db: Db, sessionId: string, now: Date): Promise<void> {
  const row = await db
    .selectFrom('sessions')
    .select('id')
    .where('id', '=', sessionId)
    .where('created_at', '>', new Date(now.getTime() - RECENT_FOR_MS))
    .executeTakeFirst()
  if (row === undefined)
    throw new NexusError('recent_sign_in_required', 'Sign in once more, then do it within ten minutes.')
}

/** @returns Whether it was one of that user's and there. */
export async function deleteSession(
  db: Db,
  { id, userId }: { readonly id: string; readonly userId: UserId },
): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('sessions')
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .executeTakeFirst()
  return numDeletedRows > 0n
}

/** @param exceptId - The one that stays, if any. @returns The ids of those that are over now. */
export async function deleteSessions(
  db: Db | Trx,
  { userId, exceptId = null }: { readonly userId: UserId; readonly exceptId?: string | null },
): Promise<string[]> {
  const query = db.deleteFrom('sessions').where('user_id', '=', userId)
  const rows = await (exceptId === null ? query : query.where('id', '!=', exceptId)).returning('id').execute()
  return rows.map(({ id }) => id)
}
