import { sql } from 'kysely'
import { waitAtMost } from '../model/wait-at-most.ts'
import type { Db } from '../sql/database.ts'

/** Below the time the readiness probe as a whole has: its answer shall name the database. */
const PROBE_TIMEOUT_MS = 1_500
/** SQLSTATE of a table that is missing. */
const NO_TABLE = '42P01'

/**
 * Asks whether documents can be read and says so in a few words, `ok` when they can. Never throws, never waits long; one
 * that hangs is asked once, however often the probe comes: each question takes a connection.
 */
export function createDatabaseProbe(db: Db): () => Promise<string> {
  let asking: Promise<string> | null = null
  return async () => {
    asking ??= ask(db).finally(() => {
      asking = null
    })
    let answer = 'does not answer'
    const answered = asking.then((text) => {
      answer = text
    })
    await waitAtMost(PROBE_TIMEOUT_MS, answered)
    return answer
  }
}

async function ask(db: Db): Promise<string> {
  try {
    await sql`select 1 from panel_states limit 1`.execute(db)
    return 'ok'
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === NO_TABLE ? 'has no tables yet' : 'away'
  }
}
