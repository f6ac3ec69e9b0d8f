import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { withTestDatabase } from '@nexus/core/testkit'
import { expect, test } from 'vitest'
import { createStage } from './testkit/stage.ts'

const database = withTestDatabase()

test('[SNAP23] the repository of a workspace that is gone for good is removed, and no other', async () => {
  const { db } = database
  const [gone, kept] = [await createStage(db), await createStage(db)]
  const worker = await gone.worker()
  for (const stage of [gone, kept]) await stage.addPanel({ name: 'Notes' })
  await worker.commitChanged()
  const repositories = [gone, kept].map(({ workspaceId }) => join(gone.gitDir, `${workspaceId}.git`))
  await db.deleteFrom('workspaces').where('id', '=', gone.workspaceId).execute()
  await worker.removePurged()
  expect(repositories.map(existsSync)).toEqual([true, true])
  await db.insertInto('purged_workspaces').values({ workspace_id: gone.workspaceId }).execute()
  await worker.removePurged()
  expect(repositories.map(existsSync)).toEqual([false, true])
  expect(await db.selectFrom('purged_workspaces').selectAll().execute()).toEqual([])
})
