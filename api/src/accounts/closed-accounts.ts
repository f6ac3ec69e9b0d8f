import { NexusError, type UserId } from '@nexus/core'
import type { Db } from '@nexus/core/sql'

/** @throws {NexusError} `account_deleted`, with the time when nothing is left to be restored. */
export async function refuseClosedAccount(db: Db, userId: UserId): Promise<void> {
  const row = await db
    .selectFrom('users')
    .select('deletes_at')
    .where('id', '=', userId)
    .where('deleted_at', 'is not', null)
    .executeTakeFirst()
  if (row === undefined) return
  const deletesAt = row.deletes_at?.toISOString()
  throw new NexusError('account_deleted', 'This account has been deleted. Restore it to sign in.', {
    details: deletesAt === undefined ? {} : { deletesAt },
  })
}
