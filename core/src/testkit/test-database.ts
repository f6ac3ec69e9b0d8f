import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, beforeAll, inject } from 'vitest'
import { openPostgres } from '../postgres/open-postgres.ts'
import type { Db } from '../sql/database.ts'

export const TEMPLATE_DATABASE = 'nexus_template'

export interface TestDatabase extends AsyncDisposable {
  readonly url: string
  /** A pool on it; connects at its first query. */
  readonly db: Db
  /** Closes the pool and drops the database, whoever is still connected. */
  close(): Promise<void>
}

/** A database of its own with all tables and no rows, on the PostgreSQL of this test run. */
export async function createTestDatabase(
  options: { readonly maxConnections?: number } = {},
): Promise<TestDatabase> {
  const adminUrl = inject('postgresUrl')
  const name = `test_${randomBytes(6).toString('hex')}`
  await asAdmin(adminUrl, `create database ${name} template ${TEMPLATE_DATABASE} strategy file_copy`)
  const url = urlOfDatabase(adminUrl, name)
  const { db, close: closePool } = await openPostgres({ url, ...options })
  const close = async () => {
    await closePool()
    await asAdmin(adminUrl, `drop database ${name} with (force)`)
  }
  return { url, db, close, [Symbol.asyncDispose]: close }
}

/** One database for all tests of a file; usable from the first `beforeAll` on. */
export function withTestDatabase(): Pick<TestDatabase, 'url' | 'db'> {
  let database: TestDatabase | null = null
  beforeAll(async () => {
    database = await createTestDatabase()
  })
  afterAll(() => database?.close())
  const opened = (): TestDatabase => {
    if (database === null) throw new Error('The test database is there from the first beforeAll on.')
    return database
  }
  return {
    get url() {
      return opened().url
    },
    get db() {
      return opened().db
    },
  }
}

export function urlOfDatabase(url: string, name: string): string {
  const changed = new URL(url)
  changed.pathname = `/${name}`
  return changed.href
}

async function asAdmin(url: string, statement: string): Promise<void> {
  const { db, close } = await openPostgres({ url, maxConnections: 1 })
  try {
    await sql.raw(statement).execute(db)
  } finally {
    await close()
  }
}
