import { sql } from 'kysely'
import { describe, expect, test, vi } from 'vitest'
import { toVersion } from '../model/version.ts'
import type { AppendOutcome, UpdateLog } from '../ports/update-log.ts'
import { openPostgres } from '../postgres/open-postgres.ts'
import { someDocument, someUpdate, someUpdates } from '../testkit/builders.ts'
import { compareWithModel } from '../testkit/log-against-model.ts'
import { createRandom } from '../testkit/random.ts'
import { createTestDatabase, withTestDatabase } from '../testkit/test-database.ts'
import type { DocumentName } from '../wire/document-name.ts'
import { createSqlUpdateLog } from './sql-update-log.ts'

const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000)
const database = withTestDatabase()

async function createDocuments(log: UpdateLog, count: number): Promise<DocumentName[]> {
  const created = Array.from({ length: count }, () => someDocument())
  await log.create(created)
  return created.map(({ document }) => document)
}

/** Document and version of everything an outcome says was appended. */
function versionsOf(document: DocumentName, outcome: AppendOutcome): string[] {
  if (outcome.state !== 'appended') return []
  const count = outcome.toVersion - outcome.fromVersion + 1
  return Array.from({ length: count }, (_, index) => `${document} ${outcome.fromVersion + index}`)
}

describe('many at once', () => {
  test(`[LOG10] 20 connections append to overlapping documents in random order: no gap, no double, no deadlock (SEED=${SEED})`, {
    timeout: 60_000,
  }, async () => {
    const { db, close } = await openPostgres({ url: database.url, maxConnections: 20 })
    const log = createSqlUpdateLog(db)
    const documents = await createDocuments(log, 12)
    const random = createRandom(SEED)
    const promised: string[] = documents.map((document) => `${document} 1`)
    const writers = Array.from({ length: 20 }, async () => {
      const known = new Map(documents.map((document) => [document, 1]))
      for (let round = 0; round < 30; round += 1) {
        const chosen = documents.toSorted(() => random.below(3) - 1).slice(0, 1 + random.below(8))
        const batch = chosen.map((document) => ({
          document,
          updates: someUpdates(1 + random.below(3)),
          ...(random.below(4) === 0 ? { expectedVersion: toVersion(known.get(document) ?? 1) } : {}),
        }))
        const outcomes = await log.append(batch)
        for (const [index, outcome] of outcomes.entries()) {
          const document = chosen[index] ?? raise()
          promised.push(...versionsOf(document, outcome))
          if (outcome.state === 'appended') known.set(document, outcome.toVersion)
          if (outcome.state === 'conflict') known.set(document, outcome.currentVersion)
        }
      }
    })
    await Promise.all(writers)
    const { rows } = await sql<{ document: DocumentName; version: number; is_late: boolean }>`
        select document, version,
               occurred_at < lag(occurred_at) over (partition by document order by version) as is_late
        from state_history
        where document = any(${documents}::text[])
      `.execute(db)
    expect(rows.map(({ document, version }) => `${document} ${version}`).sort()).toEqual(promised.sort())
    expect(rows.filter(({ is_late }) => is_late === true)).toEqual([])
    const heads = await log.heads(documents)
    for (const document of documents) {
      const versions = rows.filter((row) => row.document === document).length
      expect(heads.get(document)).toBe(versions)
    }
    await close()
  })

  test('[LOG10] batches that name the same documents in opposite orders never deadlock', async () => {
    const { db, close } = await openPostgres({ url: database.url, maxConnections: 20 })
    const log = createSqlUpdateLog(db)
    const documents = await createDocuments(log, 40)
    const batches = Array.from({ length: 100 }, (_, round) =>
      (round % 2 === 0 ? documents : documents.toReversed()).map((document) => ({
        document,
        updates: someUpdates(1),
      })),
    )
    const outcomes = await Promise.all(batches.map((batch) => log.append(batch)))
    expect(outcomes.flat().every(({ state }) => state === 'appended')).toBe(true)
    await close()
  })

  test('[LOG6] an append that waited for another one sees the head that one made', async () => {
    const log = createSqlUpdateLog(database.db)
    const [document] = await createDocuments(log, 1)
    if (document === undefined) return
    const waiting: Promise<AppendOutcome[]>[] = []
    await database.db.transaction().execute(async (trx) => {
      await createSqlUpdateLog(trx).append([{ document, updates: someUpdates(2) }])
      waiting.push(log.append([{ document, updates: someUpdates(1), expectedVersion: toVersion(1) }]))
      waiting.push(log.append([{ document, updates: someUpdates(1) }]))
      await whenBlocked(2)
    })
    const [strict, loose] = await Promise.all(waiting)
    expect(strict?.[0]).toMatchObject({ state: 'conflict' })
    expect(loose?.[0]).toMatchObject({ state: 'appended', fromVersion: 4 })
  })

  test('[LOG7] an append that waited for the deletion of its document finds it missing', async () => {
    const log = createSqlUpdateLog(database.db)
    const [document] = await createDocuments(log, 1)
    if (document === undefined) return
    let append: Promise<AppendOutcome[]> | undefined
    await database.db.transaction().execute(async (trx) => {
      await trx
        .updateTable('panel_states')
        .set({ deleted_at: new Date() })
        .where('document', '=', document)
        .execute()
      append = log.append([{ document, updates: someUpdates(1) }])
      await whenBlocked(1)
    })
    expect(await append).toEqual([{ state: 'missing' }])
  })

  test('[LOG2] of two that create a document at once, one does', async () => {
    const { db, close } = await openPostgres({ url: database.url, maxConnections: 10 })
    const log = createSqlUpdateLog(db)
    const created = Array.from({ length: 10 }, () => someDocument())
    await Promise.all(
      Array.from({ length: 10 }, (_, round) => log.create(round % 2 === 0 ? created : created.toReversed())),
    )
    const heads = await log.heads(created.map(({ document }) => document))
    expect([...heads.values()]).toEqual(created.map(() => 1))
    await close()
  })
})

/** Resolves when so many sessions of this test's database wait for a lock. */
async function whenBlocked(count: number): Promise<void> {
  await vi.waitFor(async () => {
    const { rows } = await sql<{ count: number }>`
      select count(*) as count
      from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'
    `.execute(database.db)
    expect(rows[0]?.count).toBe(count)
  })
}

describe('what the rows say', () => {
  const sizesOf = async (document: DocumentName) =>
    database.db
      .selectFrom('panel_states')
      .select(['log_bytes', 'tail_bytes', 'checkpoint_version'])
      .where('document', '=', document)
      .executeTakeFirstOrThrow()

  const updateOf = (length: number) => someUpdate({ update: new Uint8Array(length) })

  test('[LOG23] log and tail sizes follow appends and checkpoints', async () => {
    const log = createSqlUpdateLog(database.db)
    const created = someDocument({ first: updateOf(10) })
    await log.create([created])
    const { document } = created
    await log.append([{ document, updates: [updateOf(20), updateOf(30)] }])
    expect(await sizesOf(document)).toEqual({ log_bytes: 60, tail_bytes: 60, checkpoint_version: 0 })
    await log.saveCheckpoint(document, { version: toVersion(2), state: new Uint8Array(5) })
    expect(await sizesOf(document)).toEqual({ log_bytes: 60, tail_bytes: 30, checkpoint_version: 2 })
    await log.append([{ document, updates: [updateOf(7)] }])
    await log.saveCheckpoint(document, { version: toVersion(1), state: new Uint8Array(5) })
    await log.saveCheckpoint(document, { version: toVersion(2), state: new Uint8Array(5) })
    expect(await sizesOf(document)).toEqual({ log_bytes: 67, tail_bytes: 37, checkpoint_version: 2 })
    await log.saveCheckpoint(document, { version: toVersion(4), state: new Uint8Array(5) })
    expect(await sizesOf(document)).toEqual({ log_bytes: 67, tail_bytes: 0, checkpoint_version: 4 })
  })

  test('[LOG23] tail sizes stay right when appends and checkpoints happen at once', async () => {
    const { db, close } = await openPostgres({ url: database.url, maxConnections: 10 })
    const log = createSqlUpdateLog(db)
    const created = someDocument({ first: updateOf(1) })
    await log.create([created])
    const { document } = created
    for (let round = 0; round < 20; round += 1) {
      const head = (await log.heads([document])).get(document) ?? toVersion(1)
      await Promise.all([
        log.append([{ document, updates: [updateOf(3), updateOf(5)] }]),
        log.saveCheckpoint(document, { version: head, state: new Uint8Array(5) }),
        log.append([{ document, updates: [updateOf(2)] }]),
      ])
    }
    const { checkpoint_version, tail_bytes, log_bytes } = await sizesOf(document)
    const tail = await log.readTail(document, { after: checkpoint_version })
    expect(tail_bytes).toBe(tail.reduce((sum, { update }) => sum + update.length, 0))
    expect(log_bytes).toBe(1 + 20 * 10)
    await close()
  })

  test('[LOG24] with a transaction, an append commits and is undone with it', async () => {
    const log = createSqlUpdateLog(database.db)
    const [document] = await createDocuments(log, 1)
    if (document === undefined) return
    const undone = database.db.transaction().execute(async (trx) => {
      const inside = createSqlUpdateLog(trx)
      await inside.append([{ document, updates: someUpdates(1) }])
      expect((await inside.read(document))?.version).toBe(2)
      throw new Error('the test undoes the transaction')
    })
    await expect(undone).rejects.toThrow('undoes')
    expect((await log.read(document))?.version).toBe(1)
  })

  test('[LOG25] a value the database cannot store is refused with its own error, not as unavailable', async () => {
    const log = createSqlUpdateLog(database.db)
    const [document] = await createDocuments(log, 1)
    if (document === undefined) return
    const poison = [someUpdate({ triggerSource: 'a\u0000b' })]
    await expect(log.append([{ document, updates: poison }])).rejects.toMatchObject({ code: '22021' })
  })
})

test(`[LOG22] random appends, reads and checkpoints do what a plain list would (SEED=${SEED})`, async () => {
  await using one = await createTestDatabase({ maxConnections: 1 })
  await compareWithModel(createSqlUpdateLog(one.db), SEED, 400)
})

function raise(): never {
  throw new Error('there are as many outcomes as entries')
}
