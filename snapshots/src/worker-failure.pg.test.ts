import { rm, writeFile } from 'node:fs/promises'
import { withTestDatabase } from '@nexus/core/testkit'
import { expect, test } from 'vitest'
import { createStage, snapshotsOf, subjectsOf } from './testkit/stage.ts'

const database = withTestDatabase()

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
  await expect.poll(async () => (await worker.health()).ready).toBe(true)
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
  await expect.poll(async () => (await snapshotsOf(stage))[0]?.state).toBe('failed')
  expect(tries).toBeGreaterThanOrEqual(5)
  expect((await snapshotsOf(stage))[0]?.error).toMatch(/^The repository cannot be written: /)
})
