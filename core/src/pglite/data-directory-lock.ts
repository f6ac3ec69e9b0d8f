import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** SQLite's "somebody else has the lock". */
const SQLITE_BUSY = 5

/**
 * Makes this process the only one on `directory`, which must exist.
 *
 * PGlite takes no lock: two processes on one directory lose each other's rows in silence. The lock here is a real one of the
 * operating system, taken through SQLite (which comes with Node), so it is gone the moment its process is, however it died;
 * there is no stale file to judge and no process id to trust.
 *
 * @returns Gives the lock back.
 * @throws When another process, or this one, holds it. Nothing has changed.
 */
export function lockDataDirectory(directory: string): () => void {
  const ownerFile = join(directory, 'owner')
  const lock = new DatabaseSync(join(directory, 'lock'))
  try {
    lock.exec('begin exclusive')
  } catch (error) {
    lock.close()
    if (!isBusy(error)) throw error
    throw new Error(
      `The data in ${directory} is in use by ${describeOwner(ownerFile)}. Stop it first, or set DATABASE_URL to ` +
        'a PostgreSQL server, which many processes can share.',
      { cause: error },
    )
  }
  writeFileSync(ownerFile, String(process.pid))
  return () => lock.close()
}

const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY

/** Only for the message; the lock does not depend on it. */
function describeOwner(ownerFile: string): string {
  try {
    return `process ${readFileSync(ownerFile, 'utf8')}`
  } catch {
    return 'another process'
  }
}
