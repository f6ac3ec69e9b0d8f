import { withTestDatabase } from '@nexus/core/testkit'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { folderBytes } from './packing/folder-bytes.ts'
import { ADA, createStage, ledgerOf, type Stage, snapshotsOf, subjectsOf } from './testkit/stage.ts'

const database = withTestDatabase()
const QUOTA = { free: 1, pro: 10, enterprise: 0 }

/** A workspace with one commit. */
async function keptStage() {
  const stage = await createStage(database.db)
  const worker = await stage.worker({ options: { repositoryQuota: QUOTA } })
  const panel = await stage.addPanel({ name: 'Notes', state: { n: 1 } })
  await worker.commitChanged()
  const edit = (n: number) => stage.edit(panel, ADA, (state) => state.set('n', n))
  return { stage, worker, edit }
}

/** As if its history were that large. */
const grow = ({ workspaceId }: Stage, bytes: number) =>
  database.db
    .updateTable('workspace_git')
    .set({ size_bytes: bytes })
    .where('workspace_id', '=', workspaceId)
    .execute()

test('[QUO1] a repository above the quota gets no commit; who asks is told why, and so is who reads the workspace', async () => {
  const { stage, worker, edit } = await keptStage()
  await grow(stage, 1_200_000)
  await edit(2)
  const id = await stage.request({ description: 'launch' })
  await worker.commitChanged()
  const asked = (await snapshotsOf(stage)).find((row) => row.id === id)
  expect(asked).toMatchObject({ state: 'failed', error_code: 'quota_exceeded' })
  expect(asked?.error).toBe((await ledgerOf(stage)).commit_error)
  expect(asked?.error).toMatch(/has 1 MB, and the plan "free" allows 1 MB/)
  expect(await subjectsOf(stage)).toHaveLength(1)
})

test('[QUO1] what is in the repository already is no matter of room', async () => {
  const { stage, worker } = await keptStage()
  await grow(stage, 1_200_000)
  const id = await stage.request()
  await worker.start()
  await worker.idle()
  expect((await snapshotsOf(stage)).find((row) => row.id === id)?.state).toBe('created')
  expect((await ledgerOf(stage)).commit_error).toBeNull()
})

test('[QUO2] with a larger plan it goes on by itself, and nothing is left out', async () => {
  const { stage, worker, edit } = await keptStage()
  await grow(stage, 1_200_000)
  await edit(2)
  await worker.commitChanged()
  expect((await ledgerOf(stage)).commit_error).not.toBeNull()
  await database.db.updateTable('users').set({ plan: 'pro' }).where('id', '=', ADA).execute()
  await worker.commitChanged()
  await database.db.updateTable('users').set({ plan: 'free' }).where('id', '=', ADA).execute()
  expect(await subjectsOf(stage)).toHaveLength(2)
  expect((await ledgerOf(stage)).commit_error).toBeNull()
})

test('[QUO3] one without room is packed however few its commits are, and goes on when that was enough', async () => {
  const { stage, worker, edit } = await keptStage()
  await edit(2)
  await worker.commitChanged()
  await grow(stage, 1_200_000)
  await edit(3)
  await worker.commitChanged()
  expect((await ledgerOf(stage)).commit_error).not.toBeNull()
  await worker.packRepositories()
  expect((await ledgerOf(stage)).size_bytes).toBe(await folderBytes(stage.repository))
  await worker.commitChanged()
  expect((await ledgerOf(stage)).commit_error).toBeNull()
  expect(await subjectsOf(stage)).toHaveLength(3)
})

test('[QUO4] its size is known between packings too', async () => {
  const { stage, worker, edit } = await keptStage()
  for (let n = 2; n <= 10; n += 1) {
    await edit(n)
    await worker.commitChanged()
  }
  const { rows } = await sql<{ size: number }>`
    select size_bytes::int as size from workspace_git where workspace_id = ${stage.workspaceId}`.execute(
    database.db,
  )
  const real = await folderBytes(stage.repository)
  expect(rows[0]?.size).toBeGreaterThan(real * 0.8)
  expect(rows[0]?.size).toBeLessThanOrEqual(real)
})
