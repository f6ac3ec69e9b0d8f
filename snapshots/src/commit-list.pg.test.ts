import { withTestDatabase } from '@nexus/core/testkit'
import { expect, test } from 'vitest'
import { ADA, BOB, createStage, type Stage } from './testkit/stage.ts'

const database = withTestDatabase()

const listOf = ({ db, workspaceId }: Stage) =>
  db
    .selectFrom('workspace_commits')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .orderBy('number', 'desc')
    .execute()
const hashesOf = async (stage: Stage) => (await stage.git('log', '--format=%H')).trim().split('\n')

async function threeCommits() {
  const stage = await createStage(database.db)
  const worker = await stage.worker()
  const todo = await stage.addPanel({ name: 'Todo', state: { n: 0 } })
  await stage.addPanel({ name: 'Notes', state: { n: 0 } })
  await worker.commitChanged()
  await stage.edit(todo, BOB, (state) => state.set('n', 1))
  await worker.commitChanged()
  const snapshotId = await stage.request({ description: 'before lunch' })
  await stage.edit(todo, ADA, (state) => state.set('n', 2))
  await worker.commitChanged()
  return { stage, worker, todo, snapshotId }
}

test('[SNAP16] the list of commits says of each what the repository says', async () => {
  const { stage, todo, snapshotId } = await threeCommits()
  const list = await listOf(stage)
  expect(list.map(({ hash }) => hash)).toEqual(await hashesOf(stage))
  expect(list.map((row) => [Number(row.number), row.author_name, row.panels_changed])).toEqual([
    [3, 'Ada Lovelace', 1],
    [2, expect.stringMatching(/^Bob b/), 1],
    [1, 'Ada Lovelace', 2],
  ])
  const [newest, , first] = list
  expect(newest).toMatchObject({
    message: 'Todo: n changed\n\nbefore lunch',
    snapshot_id: snapshotId,
    manifest: { [todo.id]: 3 },
  })
  expect(first?.message).toBe('First snapshot: 2 panels')
})

test('[SNAP16] a renamed panel counts once', async () => {
  const { stage, worker, todo } = await threeCommits()
  await stage.db.updateTable('panels').set({ name: 'Done' }).where('id', '=', todo.id).execute()
  await worker.commitChanged()
  expect((await listOf(stage))[0]).toMatchObject({ panels_changed: 1, message: 'Done: renamed from Todo' })
})

test('[SNAP17] what is missing in the list is read from the repository with the next commit', async () => {
  const { stage, worker, todo } = await threeCommits()
  const before = await listOf(stage)
  await stage.db.deleteFrom('workspace_commits').where('workspace_id', '=', stage.workspaceId).execute()
  await stage.edit(todo, ADA, (state) => state.set('n', 3))
  await worker.commitChanged()
  const list = await listOf(stage)
  expect(list.map(({ hash }) => hash)).toEqual(await hashesOf(stage))
  expect(list.slice(1)).toEqual(before)
})

test('[SNAP17] after a worker died before the list was written, and after a repository was put back', async () => {
  const { stage, todo } = await threeCommits()
  const dying = await stage.worker({
    overrides: {
      onStep: (step) => {
        if (step === 'branch-moved') throw new Error('died')
      },
    },
  })
  await stage.edit(todo, ADA, (state) => state.set('n', 3))
  await dying.commitChanged()
  await dying[Symbol.asyncDispose]()
  expect(await listOf(stage)).toHaveLength(3)
  const worker = await stage.worker()
  await worker.commitChanged()
  expect((await listOf(stage)).map(({ hash }) => hash)).toEqual(await hashesOf(stage))
  await stage.git('update-ref', 'refs/heads/main', 'HEAD~2')
  await worker.commitChanged()
  await stage.edit(todo, ADA, (state) => state.set('n', 4))
  await worker.commitChanged()
  expect((await listOf(stage)).map(({ hash }) => hash)).toEqual(await hashesOf(stage))
})

test('[SNAP12] a worker that slept through the end of its claim takes nothing off the list of the one that took over', async () => {
  const { stage, todo } = await threeCommits()
  const other = await stage.worker()
  const sleeping = await stage.worker({
    overrides: {
      onStep: async (step) => {
        if (step !== 'branch-moved') return
        await stage.db
          .updateTable('workspace_git')
          .set({ lease_until: new Date(0) })
          .where('workspace_id', '=', stage.workspaceId)
          .execute()
        await stage.edit(todo, BOB, (state) => state.set('n', 4))
        await other.commitChanged()
      },
    },
  })
  await stage.edit(todo, ADA, (state) => state.set('n', 3))
  await sleeping.commitChanged()
  expect(await hashesOf(stage)).toHaveLength(5)
  expect((await listOf(stage)).map(({ hash }) => hash)).toEqual(await hashesOf(stage))
})
