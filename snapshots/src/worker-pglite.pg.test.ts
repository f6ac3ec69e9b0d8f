import { openPglite } from '@nexus/core/pglite'
import { migrate } from '@nexus/core/sql'
import { expect, onTestFinished, test } from 'vitest'
import { expectSound } from './testkit/real-git.ts'
import { ADA, createStage, snapshotsOf, subjectsOf } from './testkit/stage.ts'

test('[SNAP7] with the embedded database a workspace is kept the same way', async () => {
  const { db, close } = await openPglite({ dataDir: 'memory://' })
  onTestFinished(close)
  await migrate(db)
  const stage = await createStage(db)
  const panel = await stage.addPanel({ name: 'P', state: { x: 1 } })
  const worker = await stage.worker()
  await worker.commitChanged()
  await stage.edit(panel, ADA, (state) => state.set('x', 2))
  const id = await stage.request({ description: 'Release' })
  await worker.start()
  await worker.idle()
  expect(await subjectsOf(stage)).toEqual(['P: x changed', 'First snapshot: 1 panel'])
  const rows = await snapshotsOf(stage)
  expect(rows.find((row) => row.id === id)).toMatchObject({ state: 'created', manifest: { [panel.id]: 2 } })
  await expectSound(stage.repository)
})
