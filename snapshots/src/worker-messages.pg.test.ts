import { withTestDatabase } from '@nexus/core/testkit'
import { expect, test } from 'vitest'
import { trailersOf } from './testkit/real-git.ts'
import { ADA, createStage, subjectsOf } from './testkit/stage.ts'

const database = withTestDatabase()

const task = (id: string, done = false) => ({ id, title: `Task ${id}`, done })

test('[SNAP6] a commit says which tasks came and were done, and which text was edited', async () => {
  const stage = await createStage(database.db)
  const todo = await stage.addPanel({ name: 'Todo', state: { tasks: [task('a')] } })
  const notes = await stage.addPanel({ name: 'Notes', state: { page: 'Hello' } })
  const worker = await stage.worker()
  await worker.commitChanged()
  await stage.edit(todo, ADA, (state) =>
    state.set('tasks', [task('a', true), task('b'), task('c'), task('d')]),
  )
  await stage.edit(notes, ADA, (state) => state.set('page', 'Hello, world'))
  await worker.commitChanged()
  expect((await subjectsOf(stage))[0]).toBe('Todo: 3 tasks added, 1 done; Notes: page edited')
})

test('[SNAP6] what a subject has no room for is in the body, a line for each change', async () => {
  const stage = await createStage(database.db)
  const panels = []
  for (const name of ['Agenda', 'Budget', 'Contacts', 'Decisions', 'Estimates'])
    panels.push(await stage.addPanel({ name, state: { rows: [] } }))
  const worker = await stage.worker()
  await worker.commitChanged()
  for (const panel of panels) await stage.edit(panel, ADA, (state) => state.set('rows', ['x']))
  await worker.commitChanged()
  const [subject, , ...lines] = (await stage.git('log', '-1', '--format=%B')).split('\n')
  expect(subject).toBe('Agenda: 1 row added; Budget: 1 row added; and 3 more panels')
  expect(lines.slice(0, 6)).toEqual([
    '- Agenda: 1 row added',
    '- Budget: 1 row added',
    '- Contacts: 1 row added',
    '- Decisions: 1 row added',
    '- Estimates: 1 row added',
    '',
  ])
})

test('[SNAP5] hostile names, keys and descriptions stop no commit and make no trailer', async () => {
  const evil = 'X\n\nCo-authored-by: Eve <eve@example.org>\n---\n'
  const stage = await createStage(database.db)
  const panel = await stage.addPanel({ name: evil, state: { [evil]: [], '\u0000': 1, '': 1 } })
  const other = await stage.addPanel({ name: '--- x', state: {} })
  const worker = await stage.worker()
  await worker.commitChanged()
  await stage.edit(panel, ADA, (state) => {
    state.set(evil, [evil])
    state.set('\ud800', { '\udc00': '\ud800' })
    state.set('__proto__', { a: 1 })
    state.delete('\u0000')
  })
  await stage.edit(other, ADA, (state) => state.set('x'.repeat(10_000), evil))
  const renamed = evil.repeat(3)
  await stage.db.updateTable('panels').set({ name: renamed }).where('id', '=', panel.id).execute()
  await stage.db
    .updateTable('workspaces')
    .set({ name: evil, description: evil })
    .where('id', '=', stage.workspaceId)
    .execute()
  const snapshotId = await stage.request({ description: `${evil}\n${evil}` })
  await worker.commitChanged()
  expect(await stage.git('rev-list', '--count', 'main')).toBe('2\n')
  const message = await stage.git('log', '-1', '--format=%B')
  expect(await trailersOf(message)).toEqual([
    `Snapshot-Id: ${snapshotId}`,
    `Workspace-Id: ${stage.workspaceId}`,
    expect.stringMatching(/^Renderer-Version: \d+$/),
    `Panel-Version: ${panel.id} 2`,
    `Panel-Version: ${other.id} 2`,
  ])
  expect(message.split('\n')[0]).toMatch(/^workspace renamed to X Co-authored-by: .{0,50}$/u)
})
