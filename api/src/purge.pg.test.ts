import { toDocumentName } from '@nexus/core'
import { withTestDatabase } from '@nexus/core/testkit'
import { sql } from 'kysely'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { type Person, signUp, somePanel, startTestApi, type TestPanel } from './testkit/test-api.ts'
import { purgeDeleted } from './use-cases/purge.ts'

const database = withTestDatabase()
const DAY_MS = 86_400_000
const before = (): Date => new Date(Date.now() - 30 * DAY_MS)
const ROWS = { updates: 10, checkpoints: 2 }
const LONG_LOG = 95

const documentOf = (person: Person, { panelId }: TestPanel) =>
  toDocumentName({ workspaceId: person.workspaceId, panelId } as never)
const versionsOf = async (person: Person, panel: TestPanel): Promise<number> => {
  const rows = await database.db
    .selectFrom('state_history')
    .select('version')
    .where('document', '=', documentOf(person, panel))
    .execute()
  return rows.length
}
const documentsOf = ({ workspaceId }: Person) =>
  database.db
    .selectFrom('panel_states')
    .select('document')
    .where('workspace_id', '=', workspaceId as never)
    .execute()
const panelPath = ({ panelId }: TestPanel): string => `/api/panels/${panelId}`

/** Ann's panel with a long log, deleted `days` ago. */
async function deletedPanel(days = 31) {
  const ann = await signUp(await startTestApi({ db: database.db }))
  const panel = await somePanel(ann)
  await sql`
    insert into state_history (document, version, update_data, triggered_by, change_type)
    select ${documentOf(ann, panel)}, n, '\\x0000', 'system', 'updated' from generate_series(2, ${LONG_LOG}::int) n
  `.execute(database.db)
  await ann.call('DELETE', panelPath(panel))
  await age('panels', panel.panelId, days)
  return { ann, panel }
}

async function age(table: 'panels' | 'workspaces', id: string, days = 31): Promise<void> {
  await database.db
    .updateTable(table)
    .set({ deleted_at: new Date(Date.now() - days * DAY_MS) })
    .where('id', '=', id as never)
    .execute()
}

/** Writes down how many rows each deletion from the log takes, and in which transaction; fails at `failAt`. */
async function watchDeletions(failAt: number | null = null) {
  const { db } = database
  await sql`create table deletions (number serial, transaction text, count int)`.execute(db)
  await sql`create function note_deletion() returns trigger language plpgsql as $$ begin
    insert into deletions (transaction, count)
      select pg_current_xact_id()::text, count(*) from gone having count(*) > 0;
    if (select count(*) from deletions) = ${sql.lit(failAt ?? -1)} then raise exception 'the process is killed'; end if;
    return null;
  end $$`.execute(db)
  await sql`create trigger note_deletion after delete on state_history referencing old table as gone
    for each statement execute function note_deletion()`.execute(db)
  return async () =>
    (await sql<{ transaction: string; count: number }>`select * from deletions order by number`.execute(db))
      .rows
}

async function unwatchDeletions(): Promise<void> {
  await sql`drop trigger if exists note_deletion on state_history`.execute(database.db)
  await sql`drop function if exists note_deletion`.execute(database.db)
  await sql`drop table if exists deletions`.execute(database.db)
}
afterEach(unwatchDeletions)

/** Resolves when a statement waits for a lock of another transaction. */
const untilWaiting = () =>
  vi.waitFor(async () => {
    const { rows } = await sql`
      select from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`.execute(database.db)
    expect(rows).toHaveLength(1)
  })

describe('purging a long log', () => {
  test('[DEL7] takes many small commits', async () => {
    const { ann, panel } = await deletedPanel()
    const deletions = await watchDeletions()
    await purgeDeleted(database.db, before(), ROWS)
    const parts = await deletions()
    expect(parts.reduce((sum, { count }) => sum + count, 0)).toBe(LONG_LOG)
    expect(Math.max(...parts.map(({ count }) => count))).toBe(ROWS.updates)
    expect(new Set(parts.map(({ transaction }) => transaction)).size).toBe(Math.ceil(LONG_LOG / ROWS.updates))
    expect((await documentsOf(ann)).map(({ document }) => document)).not.toContain(documentOf(ann, panel))
  })

  test('[DEL7] takes small commits of a whole workspace, too', async () => {
    const { ann, panel } = await deletedPanel(1)
    await ann.call('DELETE', `/api/workspaces/${ann.workspaceId}`)
    await age('workspaces', ann.workspaceId)
    const deletions = await watchDeletions()
    await purgeDeleted(database.db, before(), ROWS)
    expect(Math.max(...(await deletions()).map(({ count }) => count))).toBe(ROWS.updates)
    expect([await versionsOf(ann, panel), await documentsOf(ann)]).toEqual([0, []])
  })

  test('[DEL7] goes on where it was interrupted; what has begun to go does not come back', async () => {
    const { ann, panel } = await deletedPanel()
    await watchDeletions(4)
    await expect(purgeDeleted(database.db, before(), ROWS)).rejects.toThrow('the process is killed')
    expect(await versionsOf(ann, panel)).toBe(LONG_LOG - 3 * ROWS.updates)
    expect((await ann.call('POST', `${panelPath(panel)}/restore`)).status).toBe(404)
    await unwatchDeletions()
    await purgeDeleted(database.db, before(), ROWS)
    expect(await versionsOf(ann, panel)).toBe(0)
    expect((await documentsOf(ann)).map(({ document }) => document)).not.toContain(documentOf(ann, panel))
  })

  test('[DEL7] is shared by processes that do it at the same time', async () => {
    const { ann, panel } = await deletedPanel()
    await Promise.all([1, 2, 3].map(() => purgeDeleted(database.db, before(), ROWS)))
    await purgeDeleted(database.db, before(), ROWS)
    expect(await versionsOf(ann, panel)).toBe(0)
    expect((await documentsOf(ann)).map(({ document }) => document)).not.toContain(documentOf(ann, panel))
  })
})

describe('what comes back in the moment it is purged', () => {
  test.each(['panels', 'workspaces'] as const)('[DEL7] stays, whole: %s', async (table) => {
    const { ann, panel } = await deletedPanel()
    const id = table === 'panels' ? panel.panelId : ann.workspaceId
    if (table === 'workspaces') {
      await age('panels', panel.panelId, 1)
      await ann.call('DELETE', `/api/workspaces/${ann.workspaceId}`)
      await age('workspaces', ann.workspaceId)
    }
    const documents = await documentsOf(ann)
    const restoring = await database.db.startTransaction().execute()
    await restoring
      .updateTable(table)
      .set({ deleted_at: null })
      .where('id', '=', id as never)
      .execute()
    const purged = purgeDeleted(database.db, before(), ROWS)
    await untilWaiting()
    await restoring.commit().execute()
    await purged
    const rows = await database.db
      .selectFrom(table)
      .select('deleted_at')
      .where('id', '=', id as never)
      .execute()
    expect(rows).toEqual([{ deleted_at: null }])
    expect([await documentsOf(ann), await versionsOf(ann, panel)]).toEqual([documents, LONG_LOG])
  })
})
