import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { createTestDatabase } from '@nexus/core/testkit'
import { sql } from 'kysely'
import { expect, test } from 'vitest'

const SCRIPT = fileURLToPath(new URL('migrate.ts', import.meta.url))

function runMigrate(environment: Readonly<Record<string, string>>) {
  return new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    const env = { PATH: process.env.PATH ?? '', ...environment }
    const child = execFile(process.execPath, [SCRIPT], { env }, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode, stdout, stderr }),
    )
  })
}

test('[OPS69] migrating an empty database makes the tables; two at once, and once more, do no harm', async () => {
  await using database = await createTestDatabase()
  await sql`drop schema public cascade`.execute(database.db)
  await sql`create schema public`.execute(database.db)
  const both = await Promise.all([
    runMigrate({ DATABASE_URL: database.url }),
    runMigrate({ DATABASE_URL: database.url }),
  ])
  expect(both.map(({ code, stderr }) => ({ code, stderr }))).toEqual(Array(2).fill({ code: 0, stderr: '' }))
  const [idle, busy] = both.map(({ stdout }) => stdout).sort((one, other) => one.length - other.length)
  expect(idle).toBe('migrate: up to date\n')
  expect(busy).toMatch(/^migrate: ran 0001_log\.sql, /)
  expect(await database.db.selectFrom('panel_states').select('document').execute()).toEqual([])
})

test('[OPS70] migrating nowhere says what is missing and fails', async () => {
  const { code, stderr } = await runMigrate({})
  expect(code).toBe(1)
  expect(stderr).toContain('DATABASE_URL is missing')
})

test('[OPS71] migrating a database that is away fails', async () => {
  const { code, stderr } = await runMigrate({ DATABASE_URL: 'postgres://nexus:secret@127.0.0.1:1/nexus' })
  expect(code).toBe(1)
  expect(stderr).toContain('ECONNREFUSED')
  expect(stderr).not.toContain('secret')
})
