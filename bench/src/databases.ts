import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '@nexus/core/testkit'
import { type NexusProcess, startNexus } from '@nexus/e2e/kit'

export type DatabaseKind = 'PGlite' | 'PostgreSQL'

/** A fresh installation that can be started again and again on the same data. */
export interface Installation {
  readonly database: DatabaseKind
  start(): Promise<NexusProcess>
  remove(): Promise<void>
}

/** An empty installation. PostgreSQL runs with fsync, as in production. */
export async function newInstallation(database: DatabaseKind): Promise<Installation> {
  const dataDir = await mkdtemp(join(tmpdir(), 'nexus-bench-'))
  const postgres = database === 'PostgreSQL' ? await startPostgres({ durable: true }) : null
  return {
    database,
    start: () => startNexus({ dataDir, ...(postgres === null ? {} : { databaseUrl: postgres.url }) }),
    remove: async () => {
      await postgres?.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** Lends a running product on a fresh installation, and takes it away afterwards. */
export async function withNexus<T>(
  database: DatabaseKind,
  use: (nexus: NexusProcess) => Promise<T>,
): Promise<T> {
  const installation = await newInstallation(database)
  try {
    const nexus = await installation.start()
    try {
      return await use(nexus)
    } finally {
      await nexus.stop()
    }
  } finally {
    await installation.remove()
  }
}
