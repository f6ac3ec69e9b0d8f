import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { sql } from 'kysely'
import type { Db, Trx } from './database.ts'
import { splitStatements } from './split-statements.ts'
import { orUnavailable } from './unavailable.ts'

const MIGRATIONS_FOLDER = new URL('../../migrations/', import.meta.url)
/** Any number; the same in every release, because it is what two migrating processes meet at. */
const MIGRATION_LOCK = 0x6e657875

export interface Migration {
  /** File name without folder, for example `0001_log.sql`. */
  readonly name: string
  readonly text: string
}

/**
 * Brings the tables up to date: runs the files of `core/migrations` that have not run yet, in the order of their names,
 * all in one transaction. Two processes may call it at once; the second waits, then finds nothing to do.
 *
 * @returns Names of the files that ran now, oldest first.
 * @throws When a file that has run before reads differently now, is gone, or does not say `-- additive` or
 *   `-- breaking` in its first line. Nothing has changed then.
 */
export async function migrate(db: Db): Promise<string[]> {
  return runMigrations(db, await readMigrations(MIGRATIONS_FOLDER))
}

/** As {@link migrate}, with the migrations given. */
export async function runMigrations(db: Db, migrations: readonly Migration[]): Promise<string[]> {
  for (const migration of migrations) assertKind(migration)
  return orUnavailable(() =>
    db.transaction().execute(async (trx) => {
      await sql`select pg_advisory_xact_lock(${MIGRATION_LOCK})`.execute(trx)
      const pending = await findPending(trx, migrations)
      for (const migration of pending) await runMigration(trx, migration)
      return pending.map(({ name }) => name)
    }),
  )
}

async function findPending(trx: Trx, migrations: readonly Migration[]): Promise<Migration[]> {
  await sql`
    create table if not exists schema_migrations (
      name       text primary key,
      checksum   text not null,
      applied_at timestamptz not null default now()
    )
  `.execute(trx)
  const { rows } = await sql<{ name: string; checksum: string }>`
    select name, checksum from schema_migrations
  `.execute(trx)
  const checksums = new Map(rows.map(({ name, checksum }) => [name, checksum]))
  for (const migration of migrations) assertUnchanged(migration, checksums.get(migration.name))
  return migrations.filter(({ name }) => !checksums.has(name))
}

async function runMigration(trx: Trx, { name, text }: Migration): Promise<void> {
  for (const statement of splitStatements(text)) await sql.raw(statement).execute(trx)
  await sql`
    insert into schema_migrations (name, checksum) values (${name}, ${checksumOf(text)})
  `.execute(trx)
}

async function readMigrations(folder: URL): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
  return Promise.all(
    names.map(async (name) => ({ name, text: await readFile(new URL(name, folder), 'utf8') })),
  )
}

function assertKind({ name, text }: Migration): void {
  if (!/^-- (additive|breaking)\r?\n/.test(text)) {
    throw new Error(`Migration ${name} must begin with the line "-- additive" or "-- breaking".`)
  }
}

function assertUnchanged({ name, text }: Migration, checksum: string | undefined): void {
  if (checksum !== undefined && checksum !== checksumOf(text)) {
    throw new Error(`Migration ${name} has run before and reads differently now; write a new file instead.`)
  }
}

const checksumOf = (text: string): string =>
  createHash('sha256').update(text.replaceAll('\r\n', '\n')).digest('hex')
