import { sql } from 'kysely'
import { pino } from 'pino'
import { expect, test, vi } from 'vitest'
import { openPostgres } from '../postgres/open-postgres.ts'
import { withTestDatabase } from '../testkit/test-database.ts'
import { createLostConnectionWarnings } from './sparing-warnings.ts'

const database = withTestDatabase()

test('[SRV6] connections of PostgreSQL that break together are one line, without the password', async () => {
  const lines: string[] = []
  const onConnectionLost = vi.fn(
    createLostConnectionWarnings(pino({}, { write: (line: string) => void lines.push(line) })),
  )
  const url = new URL(database.url)
  url.password = 'a-password'
  const { db, close } = await openPostgres({ url: url.href, onConnectionLost })
  await Promise.all([1, 2, 3].map(() => sql`select pg_sleep(0.05)`.execute(db)))
  await sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()`.execute(database.db)
  await vi.waitFor(() => expect(onConnectionLost.mock.calls.length).toBeGreaterThanOrEqual(3))
  expect(lines).toHaveLength(1)
  expect(lines[0]).toContain('57P01')
  expect(lines[0]).not.toContain('a-password')
  await close()
})
