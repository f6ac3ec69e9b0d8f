import { hash, randomBytes } from 'node:crypto'
import type { UserId } from '@nexus/core'
import type { Db, Trx } from '@nexus/core/sql'

type Purpose = 'reset_password' | 'verify_email'

/** How long the link in a mail works, ms. */
const WORKS_FOR_MS: Readonly<Record<Purpose, number>> = {
  reset_password: 3_600_000,
  verify_email: 7 * 86_400_000,
}
/** Links of one kind that one account can have at a time; older ones stop working. */
const MAX_OF_A_KIND = 5

const hashOf = (token: string): Buffer => hash('sha256', token, 'buffer')

/** @returns What the link of a mail to `email` ends with. It is kept nowhere: only its hash is. */
export async function createAccountToken(
  db: Db | Trx,
  wanted: { readonly purpose: Purpose; readonly userId: UserId; readonly email: string; readonly now: Date },
): Promise<string> {
  const { purpose, userId, email, now } = wanted
  const token = randomBytes(32).toString('base64url')
  const newest = db
    .selectFrom('account_tokens')
    .select('hash')
    .where('user_id', '=', userId)
    .where('purpose', '=', purpose)
    .orderBy('created_at', 'desc')
    .limit(MAX_OF_A_KIND - 1)
  await db
    .deleteFrom('account_tokens')
    .where('user_id', '=', userId)
    .where('purpose', '=', purpose)
    .where('hash', 'not in', newest)
    .execute()
  await db
    .insertInto('account_tokens')
    .values({
      hash: hashOf(token),
      purpose,
      user_id: userId,
      email,
      created_at: now,
      expires_at: new Date(now.getTime() + WORKS_FOR_MS[purpose]),
    })
    .execute()
  return token
}

/** Uses the link up, of two at once for one of them. @returns `null`: there is none, or its time is over. */
export async function takeAccountToken(
  trx: Trx,
  { token, purpose, now }: { readonly token: string; readonly purpose: Purpose; readonly now: Date },
): Promise<{ readonly userId: UserId; readonly email: string } | null> {
  const row = await trx
    .deleteFrom('account_tokens')
    .where('hash', '=', hashOf(token))
    .where('purpose', '=', purpose)
    .where('expires_at', '>', now)
    .returning(['user_id', 'email'])
    .executeTakeFirst()
  return row === undefined ? null : { userId: row.user_id, email: row.email }
}

/** None of that kind works any more. */
export async function dropAccountTokens(trx: Trx, userId: UserId, purpose: Purpose): Promise<void> {
  await trx
    .deleteFrom('account_tokens')
    .where('user_id', '=', userId)
    .where('purpose', '=', purpose)
    .execute()
}

/** Those nobody followed in time. */
export async function forgetAccountTokens(db: Db, now: Date): Promise<void> {
  await db.deleteFrom('account_tokens').where('expires_at', '<=', now).execute()
}
