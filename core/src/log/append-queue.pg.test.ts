import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { createMemoryFanout } from '../memory/memory-fanout.ts'
import { createNodeId } from '../model/ids.ts'
import { toVersion } from '../model/version.ts'
import { openPostgres } from '../postgres/open-postgres.ts'
import { createSqlUpdateLog } from '../sql/sql-update-log.ts'
import { someDocument, someUpdate, someUpdates } from '../testkit/builders.ts'
import { withTestDatabase } from '../testkit/test-database.ts'
import { createAppendQueue } from './append-queue.ts'

const database = withTestDatabase()

const createQueue = (db = database.db) =>
  createAppendQueue({ log: createSqlUpdateLog(db), fanout: createMemoryFanout(), nodeId: createNodeId() })

test('[QUE20] while connections are cut again and again, every edit is saved, in order, and what was told is in the log', async () => {
  const { db, close } = await openPostgres({ url: database.url, maxConnections: 2 })
  const log = createSqlUpdateLog(db)
  const queue = createQueue(db)
  const created = someDocument()
  const { document } = created
  await log.create([created])
  const edits = someUpdates(300)
  const told: Promise<[Uint8Array, number]>[] = []
  for (const [index, edit] of edits.entries()) {
    const saved = queue.append({ document, updates: [edit] })
    told.push(
      saved.then((outcome) => [edit.update, outcome.state === 'appended' ? outcome.fromVersion : NaN]),
    )
    if (index % 100 === 50) await cutConnections()
    if (index % 10 === 0) await sql`select 1`.execute(database.db)
  }
  const versions = await Promise.all(told)
  const entries = await log.readTail(document, { after: toVersion(0) })
  for (const [update, version] of versions) expect(entries[version - 1]?.update).toEqual(update)
  expect(versions.map(([, version]) => version)).toEqual(
    versions.map(([, version]) => version).toSorted((a, b) => a - b),
  )
  await queue.close()
  await close()
})

/** Of everybody but the one who asks. */
async function cutConnections(): Promise<void> {
  await sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()
  `.execute(database.db)
}

test('[QUE16] a value PostgreSQL cannot store is refused alone', async () => {
  const log = createSqlUpdateLog(database.db)
  const documents = [someDocument(), someDocument()]
  await log.create(documents)
  const queue = createQueue()
  const [first, second] = documents.map(({ document }) => document)
  if (first === undefined || second === undefined) return
  const outcomes = await Promise.allSettled([
    queue.append({ document: first, updates: someUpdates(2) }),
    queue.append({ document: first, updates: [someUpdate({ clientSession: '\u0000' })] }),
    queue.append({ document: first, updates: someUpdates(1) }),
    queue.append({ document: second, updates: someUpdates(1) }),
  ])
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
  expect(await log.heads([first, second])).toEqual(
    new Map([
      [first, 4],
      [second, 2],
    ]),
  )
})
