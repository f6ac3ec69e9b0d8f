import { withTestDatabase } from '@nexus/core/testkit'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { ADA, createStage, type Stage, type StagePanel } from './testkit/stage.ts'

const database = withTestDatabase()

const projectionsOf = async ({ workspaceId }: Stage) =>
  database.db
    .selectFrom('panel_projections as p')
    .innerJoin('panels', 'panels.id', 'p.panel_id')
    .select(['panels.name', 'p.version', 'p.state'])
    .where('p.workspace_id', '=', workspaceId)
    .orderBy('panels.name')
    .execute()

async function deletePanel({ id, document }: StagePanel): Promise<void> {
  const deleted = { deleted_at: new Date() }
  await database.db.updateTable('panels').set(deleted).where('id', '=', id).execute()
  await database.db.updateTable('panel_states').set(deleted).where('document', '=', document).execute()
}

test('[SNAP19] the states of a commit’s panels can be asked for in SQL', async () => {
  const stage = await createStage(database.db)
  const notes = await stage.addPanel({ name: 'Notes', state: { text: 'a' } })
  const todo = await stage.addPanel({ name: 'Todo', state: { tasks: [{ title: 'Milk', done: false }] } })
  const worker = await stage.worker()
  await worker.commitChanged()
  expect(await projectionsOf(stage)).toEqual([
    { name: 'Notes', version: 1, state: { text: 'a' } },
    { name: 'Todo', version: 1, state: { tasks: [{ title: 'Milk', done: false }] } },
  ])
  const { rows } = await sql<{ title: string }>`
    select task ->> 'title' as title
    from panel_projections, jsonb_array_elements(state -> 'tasks') task
    where workspace_id = ${stage.workspaceId} and not (task ->> 'done')::boolean
  `.execute(database.db)
  expect(rows).toEqual([{ title: 'Milk' }])
  await stage.edit(notes, ADA, (state) => state.set('text', 'b\0'))
  await deletePanel(todo)
  await worker.commitChanged()
  expect(await projectionsOf(stage)).toEqual([{ name: 'Notes', version: 2, state: { text: 'b\ufffd' } }])
})

test('[SNAP19] what a worker that died has left out comes with the next commit', async () => {
  const stage = await createStage(database.db)
  const notes = await stage.addPanel({ name: 'Notes', state: { n: 1 } })
  await stage.addPanel({ name: 'Todo', state: { n: 1 } })
  const worker = await stage.worker()
  await worker.commitChanged()
  await database.db.deleteFrom('panel_projections').where('workspace_id', '=', stage.workspaceId).execute()
  await stage.edit(notes, ADA, (state) => state.set('n', 2))
  await worker.commitChanged()
  expect((await projectionsOf(stage)).map(({ name, version }) => [name, version])).toEqual([
    ['Notes', 2],
    ['Todo', 1],
  ])
})
