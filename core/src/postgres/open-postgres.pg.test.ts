import { sql } from 'kysely'
import { describe, expect, inject, test, vi } from 'vitest'
import { createSqlUpdateLog } from '../sql/sql-update-log.ts'
import { orUnavailable } from '../sql/unavailable.ts'
import { someDocument, someUpdates } from '../testkit/builders.ts'
import { freePort } from '../testkit/free-port.ts'
import { startPostgres } from '../testkit/start-postgres.ts'
import { withTestDatabase } from '../testkit/test-database.ts'
import { openPostgres } from './open-postgres.ts'

const database = withTestDatabase()

describe('values', () => {
  test('[PGS1] bigint arrives as number and bytea as Uint8Array, as from PGlite', async () => {
    const { rows } = await sql<{ big: number; bytes: Uint8Array; none: number | null }>`
      select 9007199254740991::bigint as big, '\\x0102ff'::bytea as bytes, null::bigint as none
    `.execute(database.db)
    expect(rows).toEqual([{ big: Number.MAX_SAFE_INTEGER, bytes: Uint8Array.of(1, 2, 255), none: null }])
    expect(Object.getPrototypeOf(rows[0]?.bytes)).toBe(Uint8Array.prototype)
  })
})

describe('losing the server', () => {
  test('[PGS8] what is asked often is prepared on each connection, and answers the same', async () => {
    const { db, close } = await openPostgres({ url: database.url, maxConnections: 1 })
    for (let count = 0; count < 4; count += 1) {
      const { rows } = await sql<{ sum: number }>`select ${count}::bigint + 1 as sum`.execute(db)
      expect(rows).toEqual([{ sum: count + 1 }])
    }
    const { rows: prepared } = await sql<{ statement: string; uses: number }>`
    select statement, generic_plans + custom_plans as uses from pg_prepared_statements`.execute(db)
    expect(prepared).toEqual([{ statement: 'select $1::bigint + 1 as sum', uses: 2 }])
    await close()
  })

  test('[PGS2] an idle connection that breaks does not end the process; the next query has a new one', async () => {
    const onConnectionLost = vi.fn()
    const { db, close } = await openPostgres({ url: database.url, maxConnections: 1, onConnectionLost })
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db)
    await sql`select pg_terminate_backend(${rows[0]?.pid})`.execute(database.db)
    await vi.waitFor(() => expect(onConnectionLost).toHaveBeenCalled())
    await sql`select 1`.execute(db)
    await close()
  })

  test('[PGS3] a connection that breaks during a statement is unavailable', async () => {
    const { db, close } = await openPostgres({ url: database.url, maxConnections: 1 })
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db)
    const created = someDocument()
    const log = createSqlUpdateLog(db)
    await log.create([created])
    await database.db.transaction().execute(async (trx) => {
      await sql`select from panel_states where document = ${created.document} for update`.execute(trx)
      const append = log.append([{ document: created.document, updates: someUpdates(1) }])
      const refused = expect(append).rejects.toMatchObject({ code: 'unavailable' })
      await sql`select pg_terminate_backend(${rows[0]?.pid})`.execute(trx)
      await refused
    })
    await close()
  })

  test('[PGS4] a statement above its time is unavailable', async () => {
    const { db, close } = await openPostgres({ url: database.url, statementTimeoutMs: 50 })
    const created = someDocument()
    const log = createSqlUpdateLog(db)
    await log.create([created])
    await database.db.transaction().execute(async (trx) => {
      await sql`select from panel_states where document = ${created.document} for update`.execute(trx)
      await expect(
        log.append([{ document: created.document, updates: someUpdates(1) }]),
      ).rejects.toMatchObject({ code: 'unavailable', cause: { code: '57014' } })
    })
    await close()
  })

  test('[PGS5] a server that is not there is unavailable, and the same pool works once it is', async () => {
    const port = await freePort()
    const { db, close } = await openPostgres({ url: `postgres://postgres@127.0.0.1:${port}/postgres` })
    const log = createSqlUpdateLog(db)
    await expect(log.heads([someDocument().document])).rejects.toMatchObject({ code: 'unavailable' })
    const server = await startPostgres({ port })
    await sql`select 1`.execute(db)
    await close()
    await server.stop()
  })

  test('[PGS6] a closed pool is unavailable', async () => {
    const { db, close } = await openPostgres({ url: inject('postgresUrl') })
    await close()
    await expect(createSqlUpdateLog(db).heads([someDocument().document])).rejects.toMatchObject({
      code: 'unavailable',
    })
  })

  test('[PGS7] a server that stops answering is unavailable, and the pool goes on with another connection', async () => {
    const { db, close } = await openPostgres({
      url: database.url,
      maxConnections: 1,
      statementTimeoutMs: 200,
    })
    const log = createSqlUpdateLog(db)
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db)
    const pid = rows[0]?.pid ?? 0
    process.kill(pid, 'SIGSTOP')
    try {
      await expect(log.heads([someDocument().document])).rejects.toMatchObject({ code: 'unavailable' })
      expect(await log.heads([someDocument().document])).toEqual(new Map())
    } finally {
      process.kill(pid, 'SIGCONT')
    }
    await close()
  })

  test('[PGS9] closing waits a few seconds for a server that stopped answering, no longer', async () => {
    const server = await startPostgres()
    const onConnectionLost = vi.fn()
    const { db, close } = await openPostgres({ url: server.url, onConnectionLost })
    await Promise.all([sql`select 1`.execute(db), sql`select 1`.execute(db)])
    server.freeze()
    try {
      const asked = Promise.withResolvers<void>()
      const question = db.connection().execute(async (connection) => {
        asked.resolve()
        await sql`select 1`.execute(connection)
      })
      const refused = expect(question).rejects.toThrow(/^Connection terminated/)
      await asked.promise
      const startedAt = performance.now()
      await close()
      expect(performance.now() - startedAt).toBeLessThan(4_000)
      await refused
      expect(onConnectionLost).not.toHaveBeenCalled()
    } finally {
      server.thaw()
      await server.stop()
    }
  })
})

describe('prepared statements', () => {
  test('[PGS10] one that a migration or a pooler took away is unavailable, and the next try has a new connection', async () => {
    const { db, close } = await openPostgres({ url: database.url, maxConnections: 1 })
    const ask = () => orUnavailable(() => sql`select * from stale where a = ${1}::int`.execute(db))
    await sql`create table stale (a int)`.execute(db)
    for (let count = 0; count < 3; count += 1) await ask()
    await sql`alter table stale add column b int`.execute(database.db)
    await expect(ask()).rejects.toMatchObject({ code: 'unavailable', cause: { code: '0A000' } })
    expect((await ask()).rows).toEqual([])
    for (let count = 0; count < 3; count += 1) await ask()
    await sql`deallocate all`.execute(db)
    await expect(ask()).rejects.toMatchObject({ code: 'unavailable', cause: { code: '26000' } })
    expect((await ask()).rows).toEqual([])
    await close()
  })
})
