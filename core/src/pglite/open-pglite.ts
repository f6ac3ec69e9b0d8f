import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { PGlite, types } from '@electric-sql/pglite'
import { Kysely, PGliteDialect } from 'kysely'
import type { Database, Db } from '../sql/database.ts'
import { lockDataDirectory } from './data-directory-lock.ts'

interface PgliteOptions {
  /** Folder of our own (made when missing), or `memory://` for one that is gone after `close`. */
  readonly dataDir: string
}

export interface OpenDatabase {
  readonly db: Db
  /** Waits for running queries, closes the database and gives the folder back. */
  close(): Promise<void>
}

/**
 * PostgreSQL inside this process. One session: queries run one after the other.
 *
 * Survives the death of the process at any moment, not a loss of power: PGlite does not fsync.
 *
 * @throws When another process has the folder open. Nothing has changed.
 */
export async function openPglite({ dataDir }: PgliteOptions): Promise<OpenDatabase> {
  if (dataDir.startsWith('memory://')) return open(dataDir, () => undefined)
  const folder = resolve(dataDir)
  mkdirSync(folder, { recursive: true })
  const unlock = lockDataDirectory(folder)
  return open(join(folder, 'postgres'), unlock)
}

async function open(location: string, unlock: () => void): Promise<OpenDatabase> {
  let pglite: PGlite
  try {
    pglite = await PGlite.create(location, {
      serializers: { [types.BYTEA]: toHex },
      parsers: { [types.BYTEA]: fromHex },
    })
  } catch (error) {
    unlock()
    throw error
  }
  const db = new Kysely<Database>({ dialect: new PGliteDialect({ pglite }) })
  const close = async () => {
    await db.destroy()
    if (!pglite.closed) await pglite.close()
    unlock()
  }
  return { db, close }
}

/** PGlite's own go byte by byte through arrays: a megabyte took a third of a second. */
const toHex = (bytes: Uint8Array): string =>
  `\\x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')}`

function fromHex(text: string): Uint8Array {
  const { buffer, byteOffset, byteLength } = Buffer.from(text.slice(2), 'hex')
  return new Uint8Array(buffer, byteOffset, byteLength)
}
