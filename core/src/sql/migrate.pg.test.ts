import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest'
import { openPostgres } from '../postgres/open-postgres.ts'
import { createTestDatabase, type TestDatabase } from '../testkit/test-database.ts'
import { type Migration, migrate, runMigrations } from './migrate.ts'

const FIRST: Migration = {
  name: '0001_first.sql',
  text: '-- additive\ncreate table first (id int); create table more (id int);\n',
}
const SECOND: Migration = {
  name: '0002_second.sql',
  text: '-- breaking\nalter table first rename to other;\n',
}

let database: TestDatabase
beforeEach(async () => {
  database = await createTestDatabase({ maxConnections: 5 })
  await sql`drop schema public cascade`.execute(database.db)
  await sql`create schema public`.execute(database.db)
})
afterEach(() => database.close())

const tables = async (): Promise<string[]> => {
  const { rows } = await sql<{ name: string }>`
    select table_name as name from information_schema.tables where table_schema = 'public' order by table_name
  `.execute(database.db)
  return rows.map(({ name }) => name)
}

describe('migrate', () => {
  test('[MIG2] files run once, in the order of their names', async () => {
    expect(await runMigrations(database.db, [FIRST])).toEqual(['0001_first.sql'])
    expect(await runMigrations(database.db, [FIRST, SECOND])).toEqual(['0002_second.sql'])
    expect(await runMigrations(database.db, [FIRST, SECOND])).toEqual([])
    expect(await tables()).toEqual(['more', 'other', 'schema_migrations'])
  })

  test('[MIG3] of processes that migrate at once one does it, and the others find it done', async () => {
    const pools = await Promise.all(
      Array.from({ length: 4 }, () => openPostgres({ url: database.url, maxConnections: 1 })),
    )
    const ran = await Promise.all(pools.map(({ db }) => runMigrations(db, [FIRST, SECOND])))
    expect(ran.filter((names) => names.length > 0)).toEqual([[FIRST.name, SECOND.name]])
    await Promise.all(pools.map(({ close }) => close()))
  })

  test('[MIG4] a file that has run and reads differently now is refused, and nothing runs', async () => {
    await runMigrations(database.db, [FIRST])
    const changed = { ...FIRST, text: `${FIRST.text}-- one more word\n` }
    await expect(runMigrations(database.db, [changed, SECOND])).rejects.toThrow('0001_first.sql')
    expect(await tables()).toContain('first')
    const withWindowsLines = { ...FIRST, text: FIRST.text.replaceAll('\n', '\r\n') }
    expect(await runMigrations(database.db, [withWindowsLines])).toEqual([])
  })

  test('[MIG5] a file that does not say whether it is additive is refused', async () => {
    const silent = { ...SECOND, text: 'drop table first;\n' }
    await expect(runMigrations(database.db, [FIRST, silent])).rejects.toThrow('-- additive')
    expect(await tables()).toEqual([])
  })

  test('[MIG6] when one statement fails, nothing of the run stays', async () => {
    const failing = { ...SECOND, text: '-- additive\ncreate table third (id int); select 1 / 0;\n' }
    await expect(runMigrations(database.db, [FIRST, failing])).rejects.toMatchObject({ code: '22012' })
    expect(await tables()).toEqual([])
  })

  test('[MIG7] a database that a newer release has migrated is left alone', async () => {
    await runMigrations(database.db, [FIRST, SECOND])
    expect(await runMigrations(database.db, [FIRST])).toEqual([])
  })

  test('[MIG8] the files of the repository make all tables, on a pool of one connection', async () => {
    const { db, close } = await openPostgres({ url: database.url, maxConnections: 1 })
    expect((await migrate(db))[0]).toBe('0001_log.sql')
    expect(await migrate(db)).toEqual([])
    expect(await tables()).toEqual(expect.arrayContaining(['panel_states', 'state_history', 'workspaces']))
    await close()
  })

  test('[MIG9] an unreachable database is unavailable', async () => {
    const { db, close } = await openPostgres({ url: `${inject('postgresUrl')}_that_is_missing` })
    await expect(migrate(db)).rejects.toMatchObject({ code: 'unavailable' })
    await close()
  })
})
