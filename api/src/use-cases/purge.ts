import type { Db } from '@nexus/core/sql'

/** Of each kind in one run; the next run is soon. */
const AT_ONCE = 100

/**
 * Removes for good what was deleted before `before`: rows, documents, their whole history. Each in a transaction of its own,
 * and nothing that has come back meanwhile. Repositories are removed by the snapshot worker, which is told by
 * `purged_workspaces`.
 */
export async function purgeDeleted(db: Db, before: Date): Promise<void> {
  for (const id of await idsOf(db, 'panels', before)) await purgePanel(db, id, before)
  for (const id of await idsOf(db, 'workspaces', before)) await purgeWorkspace(db, id, before)
}

async function idsOf(db: Db, table: 'panels' | 'workspaces', before: Date): Promise<string[]> {
  let query = db.selectFrom(table).select('id').where('deleted_at', '<', before)
  // What was deleted with an account comes back with it, as long as that can.
  if (table === 'workspaces')
    query = query.where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('users')
            .select('users.id')
            .whereRef('users.id', '=', 'workspaces.deleted_with_account' as never),
        ),
      ),
    )
  const rows = await query.orderBy('deleted_at').limit(AT_ONCE).execute()
  return rows.map(({ id }) => id)
}

const purgePanel = (db: Db, id: string, before: Date): Promise<void> =>
  db.transaction().execute(async (trx) => {
    const gone = await trx
      .deleteFrom('panels')
      .where('id', '=', id as never)
      .where('deleted_at', '<', before)
      .returning('id')
      .execute()
    if (gone.length > 0)
      await trx
        .deleteFrom('panel_states')
        .where('panel_id', '=', id as never)
        .execute()
  })

const purgeWorkspace = (db: Db, id: string, before: Date): Promise<void> =>
  db.transaction().execute(async (trx) => {
    // It goes with the workspace.
    const git = await trx
      .selectFrom('workspace_git')
      .select('pushed_commit')
      .where('workspace_id', '=', id as never)
      .executeTakeFirst()
    const gone = await trx
      .deleteFrom('workspaces')
      .where('id', '=', id as never)
      .where('deleted_at', '<', before)
      .returning('id')
      .executeTakeFirst()
    if (gone === undefined) return
    await trx.deleteFrom('panel_states').where('workspace_id', '=', gone.id).execute()
    await trx
      .insertInto('purged_workspaces')
      .values({ workspace_id: gone.id, is_pushed: (git?.pushed_commit ?? null) !== null })
      .onConflict((on) => on.doNothing())
      .execute()
  })
