import type { Clock, Fanout, UserId, WorkspaceId } from '@nexus/core'
import type { Db, Trx } from '@nexus/core/sql'
import { deleteSessions } from '../accounts/sessions.ts'

const DAY_MS = 86_400_000

interface Parts {
  readonly db: Db
  readonly fanout: Fanout
  readonly clock: Clock
}

interface ClosedAccount {
  readonly deletesAt: Date
  /** Sessions that are over now. */
  readonly endedIds: readonly string[]
}

/**
 * Afterwards nobody signs in to the account, and nobody sees its workspaces: they are deleted as if one by one, with a mark
 * that brings them back together with the account.
 *
 * @returns `null`: the account is gone or closed already; nothing has changed.
 */
export async function closeAccount(
  { db, fanout, clock }: Parts,
  { userId, graceDays }: { readonly userId: UserId; readonly graceDays: number },
): Promise<ClosedAccount | null> {
  const at = clock.now()
  const deletesAt = new Date(at.getTime() + graceDays * DAY_MS)
  const closed = await db.transaction().execute(async (trx) => {
    const { numUpdatedRows } = await trx
      .updateTable('users')
      .set({ deleted_at: at, deletes_at: deletesAt })
      .where('id', '=', userId)
      .where('deleted_at', 'is', null)
      .executeTakeFirst()
    if (numUpdatedRows === 0n) return null
    const endedIds = await deleteSessions(trx, { userId })
    return { endedIds, workspaceIds: await deleteOwnWorkspaces(trx, userId, at) }
  })
  if (closed === null) return null
  for (const workspaceId of closed.workspaceIds)
    fanout.publishNotice({ type: 'workspace_deleted', workspaceId })
  // Of somebody who signed in while the account was being closed: it was open still, and theirs was not yet there.
  const late = await deleteSessions(db, { userId })
  return { deletesAt, endedIds: [...closed.endedIds, ...late] }
}

/** @returns Those that were there. */
export async function deleteOwnWorkspaces(trx: Trx, userId: UserId, at: Date): Promise<WorkspaceId[]> {
  await trx
    .selectFrom('workspaces')
    .select('id')
    .where('owner_id', '=', userId)
    .orderBy('id')
    .forNoKeyUpdate()
    .execute()
  const rows = await trx
    .updateTable('workspaces')
    .set({ deleted_at: at, deleted_with_account: userId })
    .where('owner_id', '=', userId)
    .where('deleted_at', 'is', null)
    .returning('id')
    .execute()
  const ids = rows.map(({ id }) => id)
  if (ids.length === 0) return ids
  await lockDocuments(trx, ids)
  await trx
    .updateTable('panel_states')
    .set({ deleted_at: at })
    .where('workspace_id', 'in', ids)
    .where('deleted_at', 'is', null)
    .execute()
  return ids
}

/** In the order appends lock them, so that the two cannot wait for each other. */
async function lockDocuments(trx: Trx, workspaceIds: readonly WorkspaceId[]): Promise<void> {
  await trx
    .selectFrom('panel_states')
    .select('document')
    .where('workspace_id', 'in', workspaceIds)
    .orderBy('document')
    .forNoKeyUpdate()
    .execute()
}

/**
 * Undoes {@link closeAccount}, as long as the account has not been removed. What was deleted before it stays deleted.
 *
 * @returns Whether it was closed.
 */
export function reopenAccount({ db, clock }: Parts, userId: UserId): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    const { numUpdatedRows } = await trx
      .updateTable('users')
      .set({ deleted_at: null, deletes_at: null })
      .where('id', '=', userId)
      .where('deleted_at', 'is not', null)
      .where('deletes_at', '>', clock.now())
      .executeTakeFirst()
    if (numUpdatedRows === 0n) return false
    const own = await trx
      .selectFrom('workspaces')
      .select(['id', 'deleted_at'])
      .where('deleted_with_account', '=', userId)
      .orderBy('id')
      .forNoKeyUpdate()
      .execute()
    if (own.length === 0) return true
    const ids = own.map(({ id }) => id)
    await lockDocuments(trx, ids)
    await trx
      .updateTable('panel_states as s')
      .from('workspaces as w')
      .set({ deleted_at: null })
      .where('s.workspace_id', 'in', ids)
      .whereRef('w.id', '=', 's.workspace_id')
      // Panels that were deleted before have another time.
      .whereRef('s.deleted_at', '=', 'w.deleted_at')
      .execute()
    await trx
      .updateTable('workspaces')
      .set({ deleted_at: null, deleted_with_account: null, updated_at: clock.now() })
      .where('id', 'in', ids)
      .execute()
    return true
  })
}
