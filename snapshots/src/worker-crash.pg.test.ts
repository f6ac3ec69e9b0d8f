import { rm } from 'node:fs/promises'
import { withTestDatabase } from '@nexus/core/testkit'
import { describe, expect, test } from 'vitest'
import type { JobStep } from './job/snapshot-job.ts'
import { expectSound } from './testkit/real-git.ts'
import { ADA, createStage, ledgerOf, type Stage, snapshotsOf, subjectsOf } from './testkit/stage.ts'

const database = withTestDatabase()
const someStage = () => createStage(database.db)

const STEPS: readonly JobStep[] = [
  'claimed',
  'files-written',
  'commit-written',
  'branch-moved',
  'ledger-written',
]

/** A worker whose jobs all end at `step`, and that is then gone. */
async function crashAt(stage: Stage, step: JobStep): Promise<void> {
  const onStep = (reached: JobStep) => {
    if (reached === step) throw new Error(`crashed: ${step}`)
  }
  const worker = await stage.worker({ overrides: { onStep }, options: { retryPauseMs: 3_600_000 } })
  await worker.commitChanged()
  await worker[Symbol.asyncDispose]()
}

async function expectInStep(stage: Stage): Promise<void> {
  const head = (await stage.git('rev-parse', 'main')).trim()
  expect(await ledgerOf(stage)).toMatchObject({ head_commit: head, lease_owner: null })
  await expectSound(stage.repository)
}

describe.each(STEPS)('[SNAP11] after a crash at %s', (step) => {
  test('[SNAP11] the next worker ends with one commit, the ledger in step and the timer row written', async () => {
    const stage = await someStage()
    const panel = await stage.addPanel({ name: 'P', state: { x: 1 } })
    await (await stage.worker()).commitChanged()
    await stage.edit(panel, ADA, (state) => state.set('x', 2))
    await crashAt(stage, step)
    await (await stage.worker()).commitChanged()
    expect(await subjectsOf(stage)).toEqual(['P: x changed', 'First snapshot: 1 panel'])
    const [, second] = await snapshotsOf(stage)
    expect(second).toMatchObject({ type: 'auto', manifest: { [panel.id]: 2 }, panel_count: 1 })
    expect(second?.total_size_bytes).toBeGreaterThan(0)
    await expectInStep(stage)
  })

  test('[SNAP11] a request is answered by the next worker, once and with its tag', async () => {
    const stage = await someStage()
    await stage.addPanel({ name: 'P' })
    const id = await stage.request({ description: 'Release' })
    await crashAt(stage, step)
    await (await stage.worker()).commitChanged()
    const head = (await stage.git('rev-parse', 'main')).trim()
    expect(await snapshotsOf(stage)).toMatchObject([{ id, state: 'created', git_commit: head }])
    expect((await stage.git('rev-parse', `snapshot/${id.slice(-8)}`)).trim()).toBe(head)
    await expectInStep(stage)
  })
})

test('[SNAP11] a ledger that is lost is written again from the branch', async () => {
  const stage = await someStage()
  await stage.addPanel({ name: 'P' })
  await (await stage.worker()).commitChanged()
  await stage.db.deleteFrom('workspace_git').where('workspace_id', '=', stage.workspaceId).execute()
  await (await stage.worker()).commitChanged()
  expect(await subjectsOf(stage)).toHaveLength(1)
  expect(await snapshotsOf(stage)).toHaveLength(1)
  await expectInStep(stage)
})

test('[SNAP11] repositories that are lost are begun again', async () => {
  const stage = await someStage()
  const panel = await stage.addPanel({ name: 'P' })
  await (await stage.worker()).commitChanged()
  await rm(stage.gitDir, { recursive: true })
  await stage.edit(panel, ADA, (state) => state.set('x', 1))
  await (await stage.worker()).commitChanged()
  expect(await subjectsOf(stage)).toEqual(['First snapshot: 1 panel'])
  await expectInStep(stage)
})

describe.each(['commit-written', 'branch-moved'] as const)('[SNAP12] a worker that slept at %s', (step) => {
  test('[SNAP12] writes nothing over the work of the one that took over', async () => {
    const stage = await someStage()
    const panel = await stage.addPanel({ name: 'P', state: { x: 1 } })
    const reached = Promise.withResolvers<void>()
    const wake = Promise.withResolvers<void>()
    const onStep = (now: JobStep) => {
      if (now !== step) return
      reached.resolve()
      return wake.promise
    }
    const sleeper = await stage.worker({ overrides: { onStep }, options: { retryPauseMs: 3_600_000 } })
    const asleep = sleeper.commitChanged()
    await reached.promise
    await stage.db
      .updateTable('workspace_git')
      .set({ lease_until: new Date(0) })
      .execute()
    await stage.edit(panel, ADA, (state) => state.set('x', 2))
    await (await stage.worker()).commitChanged()
    const after = [await stage.git('rev-parse', 'main'), await ledgerOf(stage), await snapshotsOf(stage)]
    wake.resolve()
    await asleep
    expect([await stage.git('rev-parse', 'main'), await ledgerOf(stage), await snapshotsOf(stage)]).toEqual(
      after,
    )
    expect(await stage.git('show', `main:panels/p-${panel.id.slice(-8)}/state.json`)).toBe('{\n  "x": 2\n}\n')
    await expectInStep(stage)
  })
})
