import { sql } from 'kysely'
import type { TestProject } from 'vitest/node'
import { openPostgres } from '../postgres/open-postgres.ts'
import { migrate } from '../sql/migrate.ts'
import { type RunningPostgres, startPostgres } from './start-postgres.ts'
import { type RunningRedis, startRedis } from './start-redis.ts'
import { TEMPLATE_DATABASE, urlOfDatabase } from './test-database.ts'

declare module 'vitest' {
  interface ProvidedContext {
    postgresUrl: string
    redisUrl: string
  }
}

interface Servers {
  readonly postgres: RunningPostgres
  readonly redis: RunningRedis
}

/** Projects that set up in this run and have not torn down; they share one pair of servers. */
let users = 0
let servers: Promise<Servers> | null = null

/** Vitest calls it once per project before its first test: one PostgreSQL and one Redis for the whole run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  users += 1
  servers ??= startServers()
  const { postgres, redis } = await servers
  project.provide('postgresUrl', postgres.url)
  project.provide('redisUrl', redis.url)
  return async () => {
    users -= 1
    if (users > 0) return
    servers = null
    await Promise.all([postgres.stop(), redis.stop()])
  }
}

async function startServers(): Promise<Servers> {
  const redis = await startRedis()
  const postgres = await startPostgres({ settings: ['max_connections=200'] })
  await createTemplate(postgres.url)
  return { postgres, redis }
}

/** The database that every test database is a copy of, so that migrations run once. */
async function createTemplate(adminUrl: string): Promise<void> {
  const admin = await openPostgres({ url: adminUrl, maxConnections: 1 })
  await sql.raw(`create database ${TEMPLATE_DATABASE}`).execute(admin.db)
  await admin.close()
  const template = await openPostgres({ url: urlOfDatabase(adminUrl, TEMPLATE_DATABASE), maxConnections: 1 })
  await migrate(template.db)
  await template.close()
}
