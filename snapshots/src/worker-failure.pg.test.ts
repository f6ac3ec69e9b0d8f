import { rm, writeFile } from 'node:fs/promises'
import { createNodeId } from '@nexus/core'
import { createMemoryFanout } from '@nexus/core/memory'
import { openPostgres } from '@nexus/core/postgres'
import { createLogger } from '@nexus/core/server'
import { createSqlUpdateLog, migrate } from '@nexus/core/sql'
import { freePort, startPostgres, withTestDatabase } from '@nexus/core/testkit'
import { expect, onTestFinished, test } from 'vitest'
import { createStage, snapshotsOf, subjectsOf } from './testkit/stage.ts'
import { temporaryFolder } from './testkit/temporary-folder.ts'
import { createSnapshotWorker } from './worker.ts'

const database = withTestDatabase()
/** Far more than it takes, also on a machine with other work. */
const WAIT = { timeout: 20_000 }

test('[SNAP13] a volume that cannot be written shows in the health, and all is committed when it is back', async () => {
  const stage = await createStage(database.db)
  await stage.addPanel({ name: 'P' })
  await writeFile(stage.gitDir, 'a file where the folder of the repositories belongs')
  const worker = await stage.worker()
  await worker.commitChanged()
  const health = await worker.health()
  expect(health).toMatchObject({ ready: false, parts: { database: 'ok' } })
  expect(health.parts.repositories).toMatch(/^1 failing: /)
  await rm(stage.gitDir)
  await expect.poll(async () => (await worker.health()).ready, WAIT).toBe(true)
  expect(await subjectsOf(stage)).toEqual(['First snapshot: 1 panel'])
})

test('[SNAP13] a request fails only after several tries, and says why', async () => {
  const stage = await createStage(database.db)
  await writeFile(stage.gitDir, '')
  await stage.request()
  let tries = 0
  const onStep = () => {
    tries += 1
  }
  const worker = await stage.worker({ overrides: { onStep }, options: { retryPauseMs: 1 } })
  await worker.start()
  await expect.poll(async () => (await snapshotsOf(stage))[0]?.state, WAIT).toBe('failed')
  expect(tries).toBeGreaterThanOrEqual(5)
  expect((await snapshotsOf(stage))[0]?.error).toMatch(/^The repository cannot be written: /)
})

test('[SNAP13] while the database is away the worker is not ready, and works when it is back', async () => {
  const port = await freePort()
  const { db, close } = await openPostgres({ url: `postgres://postgres@127.0.0.1:${port}/postgres` })
  onTestFinished(close)
  const worker = await createSnapshotWorker({
    db,
    log: createSqlUpdateLog(db),
    fanout: createMemoryFanout(),
    nodeId: createNodeId(),
    options: { gitDir: await temporaryFolder(), pollIntervalMs: 20 },
    logger: createLogger({ service: 'snapshots', level: 'silent' }),
  })
  onTestFinished(() => worker[Symbol.asyncDispose]())
  await worker.start()
  expect(await worker.health()).toMatchObject({ ready: false, parts: { volume: 'ok', repositories: 'ok' } })
  const postgres = await startPostgres({ port })
  onTestFinished(postgres.stop)
  await migrate(db)
  await expect.poll(async () => (await worker.health()).ready, WAIT).toBe(true)
})
