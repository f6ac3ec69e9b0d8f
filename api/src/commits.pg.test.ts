import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parseWorkspaceId } from '@nexus/core'
import { withTestDatabase } from '@nexus/core/testkit'
import { expect, onTestFinished, test } from 'vitest'
import { createRemoteCommitDiffs } from './remote-commit-diffs.ts'
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

/** A process in the place of the one that has the repositories. */
async function somewhere(answer: RequestListener): Promise<string> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const diffOf = (person: Person, hash: string) =>
  person.call('GET', `/api/workspaces/${person.workspaceId}/commits/${hash}/diff`)

test('[COM5] what a commit did is asked of the process that has the repository, in the name of who asks', async () => {
  const asked: (string | undefined)[] = []
  const files = [
    {
      path: 'a',
      previousPath: null,
      change: 'added',
      additions: 1,
      deletions: 0,
      diff: '@@ -0,0 +1 @@\n+x\n',
    },
  ]
  const url = await somewhere((request, response) => {
    asked.push(request.url, request.headers.authorization)
    response.end(JSON.stringify({ hash: hashOf(1), files }))
  })
  const commitDiffs = createRemoteCommitDiffs(url)
  const ann = await signUp(await startTestApi({ db: database.db, commitDiffs }))
  await withCommits(ann, 1)
  const answer = await diffOf(ann, hashOf(1))
  expect([answer.status, answer.body]).toEqual([200, { hash: hashOf(1), files }])
  expect(answer.headers.get('cache-control')).toContain('immutable')
  expect(asked).toEqual([`/git/${ann.workspaceId}.git/commits/${hashOf(1)}/diff`, `Bearer ${ann.token}`])
  const bob = await signUp(await startTestApi({ db: database.db, commitDiffs }))
  for (const [person, hash] of [
    [{ ...bob, workspaceId: ann.workspaceId }, hashOf(1)],
    [ann, hashOf(2)],
    [ann, 'main'],
    [ann, '..%2f..%2fx'],
  ] as const)
    expect((await diffOf(person, hash)).body.code).toBe('not_found')
  expect(asked).toHaveLength(2)
})

test('[COM5] a repository that cannot be asked is 503, one that has no such commit 404', async () => {
  for (const [answer, code] of [
    [(_request, response) => response.writeHead(404).end(), 'not_found'],
    [(_request, response) => response.writeHead(500).end(), 'unavailable'],
    [(_request, response) => response.end('{"hash":'), 'unavailable'],
    [(_request, response) => response.end('{"hash":1}'), 'unavailable'],
    [(_request, response) => response.destroy(), 'unavailable'],
  ] satisfies [RequestListener, string][]) {
    const commitDiffs = createRemoteCommitDiffs(await somewhere(answer))
    const ann = await signUp(await startTestApi({ db: database.db, commitDiffs }))
    await withCommits(ann, 1)
    expect((await diffOf(ann, hashOf(1))).body.code).toBe(code)
  }
  const ann = await signUp(await startTestApi({ db: database.db }))
  await withCommits(ann, 1)
  expect((await diffOf(ann, hashOf(1))).body.code).toBe('unavailable')
})
