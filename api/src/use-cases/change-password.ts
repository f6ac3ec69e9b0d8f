import { type Clock, NexusError, type UserId } from '@nexus/core'
import type { Db, Trx } from '@nexus/core/sql'
import { dropAccountTokens, takeAccountToken } from '../accounts/account-tokens.ts'
import { isPasswordOf, setPassword } from '../accounts/credentials.ts'
import type { Passwords } from '../accounts/passwords.ts'
import { deleteSessions } from '../accounts/sessions.ts'

interface Parts {
  readonly db: Db
  readonly passwords: Passwords
  readonly clock: Clock
}

/**
 * Afterwards the new password alone signs in, and no session but `sessionId` is left.
 *
 * @returns Ids of the sessions that are over now.
 * @throws {NexusError} `invalid_credentials`: nothing has changed.
 */
export async function changePassword(
  { db, passwords }: Parts,
  change: {
    readonly userId: UserId
    readonly sessionId: string
    readonly currentPassword: string
    readonly newPassword: string
  },
): Promise<string[]> {
  const { userId, sessionId } = change
  if (!(await isPasswordOf({ db, passwords }, userId, change.currentPassword))) throw wrongPassword()
  const hashed = await passwords.hash(change.newPassword)
  return db.transaction().execute(async (trx) => {
    await setPassword(trx, { userId, hashed })
    await dropAccountTokens(trx, userId, 'reset_password')
    return deleteSessions(trx, { userId, exceptId: sessionId })
  })
}

/**
 * The same for somebody who has followed the link of a mail; all sessions end. The address is confirmed by it; when it was
 * not before, the API keys end too.
 *
 * @returns Ids of the sessions and keys that are over now.
 * @throws {NexusError} `validation_failed`: the link has been used, or is too old, or is none.
 */
export async function resetPassword(
  { db, passwords, clock }: Parts,
  { token, newPassword }: { readonly token: string; readonly newPassword: string },
): Promise<string[]> {
  const now = clock.now()
  const hashed = await passwords.hash(newPassword)
  return db.transaction().execute(async (trx) => {
    const taken = await takeAccountToken(trx, { token, purpose: 'reset_password', now })
    if (taken === null) throw deadLink()
    const { userId, email } = taken
    await setPassword(trx, { userId, hashed })
    await dropAccountTokens(trx, userId, 'reset_password')
    const keyIds = await dropKeysOfStranger(trx, userId)
    await trx
      .updateTable('users')
      .set({ email_verified: true, updated_at: now })
      .where('id', '=', userId)
      .where('email', '=', email)
      .execute()
    return [...(await deleteSessions(trx, { userId })), ...keyIds]
  })
}

/** Somebody else may have signed up with the address before: none of their keys stays. @returns Those that were there. */
async function dropKeysOfStranger(trx: Trx, userId: UserId): Promise<string[]> {
  const rows = await trx
    .deleteFrom('api_keys')
    .where('user_id', '=', userId)
    .where(({ exists, selectFrom }) =>
      exists(selectFrom('users').select('id').where('id', '=', userId).where('email_verified', '=', false)),
    )
    .returning('id')
    .execute()
  return rows.map(({ id }) => id)
}

export const wrongPassword = (): NexusError => new NexusError('invalid_credentials', 'The password is wrong.')

export const deadLink = (): NexusError =>
  new NexusError('validation_failed', 'This link has been used or is too old; ask for a new one.', {
    details: { pointer: '/token', errors: [{ pointer: '/token', message: 'has been used or is too old' }] },
  })
