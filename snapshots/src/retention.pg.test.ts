import { createSnapshotId } from '@nexus/core'
import { withTestDatabase } from '@nexus/core/testkit'
import { expect, test } from 'vitest'
import { ADA, createStage, type Stage, snapshotsOf } from './testkit/stage.ts'

const database = withTestDatabase()
const HOUR = 3_600_000
const DAY = 24 * HOUR

/** When the day began that lies so many days back, UTC, and some ms later. */
const dayBack = (days: number, laterMs = 0): Date => {
  const now = new Date()
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() - days) + laterMs)
}

async function addSnapshot(
  { workspaceId }: Stage,
  at: Date,
  rest: { type?: 'auto' | 'manual' | 'pre_ai_edit'; created_by?: typeof ADA } = {},
) {
  const id = createSnapshotId()
  await database.db
    .insertInto('state_snapshots')
    .values({ id, workspace_id: workspaceId, type: 'auto', state: 'created', created_at: at, ...rest })
    .execute()
  return id
}

test('[SNAP20] of automatic snapshots all of a day are kept, one an hour of a week, one a day of a year', async () => {
  const stage = await createStage(database.db)
  const worker = await stage.worker()
  const kept: string[] = []
  const keep = async (...args: Parameters<typeof addSnapshot>) => void kept.push(await addSnapshot(...args))
  for (const minutes of [1, 2, 3]) await keep(stage, new Date(Date.now() - minutes * 60_000))
  await addSnapshot(stage, dayBack(3, HOUR))
  await addSnapshot(stage, dayBack(3, HOUR + 20 * 60_000))
  await keep(stage, dayBack(3, HOUR + 40 * 60_000))
  await keep(stage, dayBack(3, 2 * HOUR))
  await addSnapshot(stage, dayBack(20, HOUR))
  await keep(stage, dayBack(20, 23 * HOUR))
  await keep(stage, dayBack(21))
  await addSnapshot(stage, dayBack(400))
  for (const rest of [{ type: 'manual' }, { type: 'pre_ai_edit' }, { created_by: ADA }] as const)
    await keep(stage, new Date(Date.now() - 500 * DAY), rest)
  await worker.forgetOldSnapshots()
  expect((await snapshotsOf(stage)).map(({ id }) => id).sort()).toEqual(kept.sort())
  await worker.forgetOldSnapshots()
  expect(await snapshotsOf(stage)).toHaveLength(kept.length)
})
