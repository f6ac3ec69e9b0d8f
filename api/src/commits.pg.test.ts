import { parseWorkspaceId } from '@nexus/core'
import { withTestDatabase } from '@nexus/core/testkit'
import { expect, test } from 'vitest'
import { type Person, signUp, somePanel, startTestApi } from './testkit/test-api.ts'

const database = withTestDatabase()
const hashOf = (number: number) => number.toString(16).padStart(40, '0')

async function withCommits(person: Person, count: number, manifest: Record<string, number> = {}) {
  const workspaceId = parseWorkspaceId(person.workspaceId)
  if (workspaceId === null) throw new Error('no workspace')
  const rows = Array.from({ length: count }, (_, index) => ({
    workspace_id: workspaceId,
    hash: hashOf(index + 1),
    number: index + 1,
    message: `Change ${index + 1}`,
    author_name: 'Ann',
    author_email: 'ann@example.org',
    committed_at: new Date(Date.UTC(2026, 0, 1, 0, index)),
    panels_changed: 1,
    snapshot_id: null,
    manifest: JSON.stringify(manifest),
  }))
  await database.db.insertInto('workspace_commits').values(rows).execute()
}

const commits = (person: Person, query = '') =>
  person.call('GET', `/api/workspaces/${person.workspaceId}/commits${query}`)

test('[COM1] commits are listed newest first, page by page', async () => {
  const ann = await signUp(await startTestApi({ db: database.db }))
  expect((await commits(ann)).body).toEqual([])
  await withCommits(ann, 60)
  const { body } = await commits(ann)
  expect(body).toHaveLength(50)
  expect(body[0]).toEqual({
    hash: hashOf(60),
    message: 'Change 60',
    author: { name: 'Ann', email: 'ann@example.org' },
    committedAt: '2026-01-01T00:59:00.000Z',
    panelsChanged: 1,
    snapshotId: null,
  })
  const { body: rest } = await commits(ann, `?before=${body.at(-1).hash}&limit=4`)
  expect(rest.map(({ hash }: { hash: string }) => hash)).toEqual([10, 9, 8, 7].map(hashOf))
})

test('[COM2] another workspace’s commits, and what is no commit, are not there', async () => {
  const ann = await signUp(await startTestApi({ db: database.db }))
  await withCommits(ann, 2)
  const bob = await signUp(await startTestApi({ db: database.db }))
  expect((await commits({ ...bob, workspaceId: ann.workspaceId })).status).toBe(404)
  expect((await commits(bob, `?before=${hashOf(1)}`)).status).toBe(404)
  for (const query of ['?before=main', '?limit=0', '?limit=201'])
    expect(await commits(ann, query), query).toMatchObject({
      status: 422,
      body: { code: 'validation_failed' },
    })
})

test('[COM3] the state of any listed commit can be read, and gone back to', async () => {
  const ann = await signUp(await startTestApi({ db: database.db }))
  const panel = await somePanel(ann, { initialState: { n: 1 } })
  await panel.put({ state: { $state: { n: 2 } } })
  await withCommits(ann, 1, { [panel.panelId]: 1 })
  const state = await ann.call('GET', `/api/state/${ann.workspaceId}/snapshot?git_commit=${hashOf(1)}`)
  expect(state.body).toMatchObject({
    gitCommit: hashOf(1),
    panels: { [panel.panelId]: { $state: { n: 1 } } },
  })
  await ann.call('POST', `/api/state/${ann.workspaceId}/restore`, { body: { gitCommit: hashOf(1) } })
  expect((await panel.read()).body.state.$state).toEqual({ n: 1 })
})
