// Brings the database of DATABASE_URL up to date and ends; safe to run twice, and in two places at once.
import { openPostgres } from '@nexus/core/postgres'
import { InvalidOptions, type OptionTable, readOptions, textOption } from '@nexus/core/server'
import { migrate } from '@nexus/core/sql'

/** Ten minutes: building an index on a large table takes longer than any statement of a running service may. */
const STATEMENT_TIMEOUT_MS = 600_000

/** Every setting of the one-shot migration. */
export const MIGRATE_OPTIONS = {
  DATABASE_URL: { ...textOption({ doc: 'PostgreSQL whose tables to bring up to date' }), secret: true },
} satisfies OptionTable

async function main(): Promise<void> {
  const options = readOptions(MIGRATE_OPTIONS, process.env)
  const { db, close } = await openPostgres({
    url: options.DATABASE_URL,
    maxConnections: 1,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
  })
  try {
    const ran = await migrate(db)
    console.log(ran.length === 0 ? 'migrate: up to date' : `migrate: ran ${ran.join(', ')}`)
  } finally {
    await close()
  }
}

if (import.meta.main) {
  main().catch((error: unknown) => {
    process.exitCode = 1
    console.error(error instanceof InvalidOptions ? error.message : error)
  })
}
