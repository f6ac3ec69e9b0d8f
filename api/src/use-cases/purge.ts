import type { DocumentName } from '@nexus/core'
import type { Db } from '@nexus/core/sql'
import { deleteLogs, type RowsAtOnce } from './purge-logs.ts'

/** Of each kind in one run; the next run is soon. */
const AT_ONCE = 100

/**
 * Removes for good what was deleted before `before`, in two steps. First its row, in a transaction that looks at `deleted_at`
 * again: what has come back meanwhile stays, and what has lost its row does not come back. Then its documents with their
 * history, in small parts: whoever is interrupted leaves documents that belong to nothing, and the next run goes on with
 * them. Repositories are removed by the snapshot worker, which is told by `purged_workspaces`.
 */
export async function purgeDeleted(db: Db, before: Date, rowsAtOnce?: RowsAtOnce): Promise<void> {
  for (const id of await idsOf(db, 'panels', before)) await purgePanel(db, id, before)
  for (const id of await idsOf(db, 'workspaces', before)) await purgeWorkspace(db, id, before)
  for (const document of await findOrphans(db)) await deleteLogs(db, document, rowsAtOnce)
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

async function purgePanel(db: Db, id: string, before: Date): Promise<void> {
  await db
    .deleteFrom('panels')
    .where('id', '=', id as never)
    .where('deleted_at', '<', before)
    .execute()
}

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
    await trx
      .insertInto('purged_workspaces')
      .values({ workspace_id: gone.id, is_pushed: (git?.pushed_commit ?? null) !== null })
      .onConflict((on) => on.doNothing())
      .execute()
  })

/** Deleted documents whose panel or workspace is gone for good. */
async function findOrphans(db: Db): Promise<DocumentName[]> {
  const rows = await db
    .selectFrom('panel_states as s')
    .leftJoin('workspaces as w', 'w.id', 's.workspace_id')
    .leftJoin('panels as p', 'p.id', 's.panel_id')
    .select('s.document')
    .where('s.deleted_at', 'is not', null)
    .where(({ or, and, eb }) =>
      or([eb('w.id', 'is', null), and([eb('s.panel_id', 'is not', null), eb('p.id', 'is', null)])]),
    )
    .orderBy('s.deleted_at')
    .limit(AT_ONCE)
    .execute()
  return rows.map(({ document }) => document)
}
