import type { Db } from '@nexus/core/sql'
import { deleteOwnWorkspaces } from './close-account.ts'

/** Accounts removed in one transaction each, at most so many in one go; the next go takes the others. */
const MAX_IN_ONE_GO = 100

/**
 * Removes for good every account whose time is over: with it go its sessions, passwords, links and memberships. Its
 * workspaces are marked deleted, and go by the rule of deleted workspaces. What it wrote stays in the history, by its id.
 *
 * @returns How many were removed.
 */
export async function purgeAccounts(db: Db, now: Date): Promise<number> {
  let count = 0
  while (count < MAX_IN_ONE_GO && (await purgeOne(db, now))) count += 1
  return count
}

const purgeOne = (db: Db, now: Date): Promise<boolean> =>
  db.transaction().execute(async (trx) => {
    const due = await trx
      .selectFrom('users')
      .select('id')
      .where('deletes_at', '<=', now)
      .where('deleted_at', 'is not', null)
      .orderBy('deletes_at')
      .limit(1)
      .forUpdate()
      .skipLocked()
      .executeTakeFirst()
    if (due === undefined) return false
    await deleteOwnWorkspaces(trx, due.id, now)
    await trx.deleteFrom('workspace_members').where('user_id', '=', due.id).execute()
    await trx.deleteFrom('users').where('id', '=', due.id).execute()
    return true
  })
