import type { Clock } from '@nexus/core'
import type { Db } from '@nexus/core/sql'
import { takeAccountToken } from '../accounts/account-tokens.ts'
import { deadLink } from './change-password.ts'

/** @throws {NexusError} `validation_failed`: the link has been used, or is too old, or is none. */
export async function verifyEmail(
  { db, clock }: { readonly db: Db; readonly clock: Clock },
  token: string,
): Promise<void> {
  const now = clock.now()
  await db.transaction().execute(async (trx) => {
    const taken = await takeAccountToken(trx, { token, purpose: 'verify_email', now })
    if (taken === null) throw deadLink()
    await trx
      .updateTable('users')
      .set({ email_verified: true, updated_at: now })
      .where('id', '=', taken.userId)
      // The mail proves that address, and no later one.
      .where('email', '=', taken.email)
      .execute()
  })
}
