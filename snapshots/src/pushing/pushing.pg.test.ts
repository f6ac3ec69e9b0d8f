import { existsSync } from 'node:fs'
import { withTestDatabase } from '@nexus/core/testkit'
import { expect, test } from 'vitest'
import { startReceivingServer } from '../testkit/receiving-server.ts'
import { ADA, createStage, ledgerOf, type Stage } from '../testkit/stage.ts'
import { problemOfUrl, settingsFor } from './remote.ts'

const database = withTestDatabase()
const PASSWORD = 'a secret word'

/** A workspace whose commits go to a server of their own. */
async function pushingStage(token: string | null = PASSWORD) {
  const stage = await createStage(database.db)
  const server = await startReceivingServer(PASSWORD)
  const name = `${stage.workspaceId}.git`
  const panel = await stage.addPanel({ name: 'Notes', state: { n: 1 } })
  const remote = { url: `${server.origin}/{workspaceId}.git`, user: 'nexus', token }
  const worker = await stage.worker({ options: { remote } })
  const commit = async (n: number): Promise<void> => {
    await stage.edit(panel, ADA, (state) => state.set('n', n))
    await worker.commitChanged()
  }
  const there = async (...args: string[]) => (await server.git(name, ...args)).trim()
  return { stage, server, name, worker, commit, there }
}

const newestOf = async ({ git }: Stage): Promise<string> => (await git('rev-parse', 'main')).trim()
const statusOf = async (stage: Stage) => {
  const { pushed_commit, pushed_at, push_error, push_failures } = await ledgerOf(stage)
  return { commit: pushed_commit, isDated: pushed_at !== null, error: push_error, failures: push_failures }
}
const dueNow = ({ workspaceId }: Stage) =>
  database.db
    .updateTable('workspace_git')
    .set({ push_next_at: null })
    .where('workspace_id', '=', workspaceId)
    .execute()

test('[PUSH1] every commit, and the tags of named snapshots, go to the remote', async () => {
  const { stage, server, name, worker, commit, there } = await pushingStage()
  await server.create(name)
  await worker.commitChanged()
  await worker.pushCommits()
  expect(await there('rev-parse', 'main')).toBe(await newestOf(stage))
  expect(await statusOf(stage)).toEqual({
    commit: await newestOf(stage),
    isDated: true,
    error: null,
    failures: 0,
  })
  const id = await stage.request({ description: 'before the launch' })
  await commit(2)
  await commit(3)
  await worker.pushCommits()
  expect(await there('rev-parse', 'main')).toBe(await newestOf(stage))
  expect(await there('rev-list', '--count', 'main')).toBe('3')
  expect(await there('tag')).toBe(`snapshot/${id.slice(-8)}`)
  const asked = server.headers.length
  await worker.pushCommits()
  expect(server.headers).toHaveLength(asked)
})

test('[PUSH2] what could not be pushed says why, and is tried again after a pause', async () => {
  const { stage, server, name, worker, commit, there } = await pushingStage()
  await worker.commitChanged()
  await worker.pushCommits()
  const failed = await statusOf(stage)
  expect(failed).toMatchObject({ commit: null, failures: 1 })
  expect(failed.error).toContain('not found')
  await server.create(name)
  await commit(2)
  const asked = server.headers.length
  await worker.pushCommits()
  expect(server.headers).toHaveLength(asked)
  await dueNow(stage)
  await worker.pushCommits()
  expect(await there('rev-parse', 'main')).toBe(await newestOf(stage))
  expect(await statusOf(stage)).toMatchObject({ error: null, failures: 0 })
})

test('[PUSH2] what the remote has and we have not is not overwritten', async () => {
  const { stage, server, name, worker, commit, there } = await pushingStage()
  await server.create(name)
  await worker.commitChanged()
  await worker.pushCommits()
  const tree = await there('rev-parse', 'main^{tree}')
  const identity = ['-c', 'user.name=Eve', '-c', 'user.email=eve@example.org']
  const other = await there(...identity, 'commit-tree', '-m', 'mine', '-p', 'main', tree)
  await there('update-ref', 'refs/heads/main', other)
  await commit(2)
  await worker.pushCommits()
  expect(await there('rev-parse', 'main')).toBe(other)
  expect((await statusOf(stage)).error).toMatch(/rejected/)
})

test('[PUSH3] the token goes to the remote alone, and stands in no error', async () => {
  const { stage, server, name, worker } = await pushingStage('another word')
  const elsewhere = await startReceivingServer(PASSWORD)
  await server.create(name)
  await worker.commitChanged()
  await worker.pushCommits()
  expect((await statusOf(stage)).error).not.toContain('another word')
  expect((await statusOf(stage)).failures).toBe(1)
  server.redirect(elsewhere.origin)
  await dueNow(stage)
  await worker.pushCommits()
  expect((await statusOf(stage)).failures).toBe(2)
  expect(elsewhere.headers).toEqual([])
})

test('[PUSH4] several workers push a commit once', async () => {
  const { stage, server, name, worker } = await pushingStage()
  const remote = { url: `${server.origin}/{workspaceId}.git`, user: 'nexus', token: PASSWORD }
  const others = [await stage.worker({ options: { remote } }), await stage.worker({ options: { remote } })]
  await server.create(name)
  await worker.commitChanged()
  await Promise.all([worker, ...others].map((each) => each.pushCommits()))
  // A push is three requests: one without, one with the answer to the question who it is, and the push itself.
  expect(server.headers.length).toBeLessThanOrEqual(3)
  expect((await statusOf(stage)).commit).toBe(await newestOf(stage))
})

/** As the api leaves it, some weeks after it was deleted. */
async function purge({ workspaceId }: Stage): Promise<void> {
  await database.db.deleteFrom('workspaces').where('id', '=', workspaceId).execute()
  await database.db
    .insertInto('purged_workspaces')
    .values({ workspace_id: workspaceId, is_pushed: true })
    .execute()
}
const purgedIds = async () =>
  (await database.db.selectFrom('purged_workspaces').select('workspace_id').execute()).map(
    ({ workspace_id: id }) => id,
  )

test('[PUSH5] of a workspace that is gone for good the remote keeps one empty commit and no tag', async () => {
  const { stage, server, name, worker, there } = await pushingStage()
  await server.create(name)
  await stage.request({ description: 'before the launch' })
  await worker.commitChanged()
  await worker.pushCommits()
  expect(await there('tag')).not.toBe('')
  await there('tag', 'mine', 'main')
  await purge(stage)
  await worker.removePurged()
  expect(await there('rev-list', '--count', 'main')).toBe('1')
  expect(await there('ls-tree', '-r', 'main')).toBe('')
  expect(await there('log', '--format=%s')).toBe('The workspace was deleted for good')
  // Somebody else's.
  expect(await there('tag')).toBe('mine')
  expect(existsSync(stage.repository)).toBe(false)
  expect(await purgedIds()).toEqual([])
})

test('[PUSH5] what the remote refuses is tried again, and holds up no other', async () => {
  const refused = await pushingStage()
  await refused.server.create(refused.name)
  await refused.worker.commitChanged()
  await refused.worker.pushCommits()
  await refused.there('config', 'receive.denyNonFastForwards', 'true')
  const other = await createStage(database.db)
  await purge(refused.stage)
  await database.db.insertInto('purged_workspaces').values({ workspace_id: other.workspaceId }).execute()
  await refused.worker.removePurged()
  expect(await purgedIds()).toEqual([refused.stage.workspaceId])
  expect(existsSync(refused.stage.repository)).toBe(true)
  await refused.there('config', 'receive.denyNonFastForwards', 'false')
  await refused.worker.removePurged()
  expect(await refused.there('ls-tree', '-r', 'main')).toBe('')
  expect(await purgedIds()).toEqual([])
})

test('[PUSH3] an address is http or https, has the place of the workspace in it, and no password', () => {
  expect(problemOfUrl('https://git.example.org/nexus/{workspaceId}.git')).toBeNull()
  for (const url of [
    'https://git.example.org/one.git',
    'ssh://git@example.org/{workspaceId}',
    'file:///{workspaceId}',
    '--upload-pack={workspaceId}',
    'https://me:secret@example.org/{workspaceId}',
  ])
    expect(problemOfUrl(url)).not.toBeNull()
  expect(Object.values(settingsFor({ url: '', user: 'u', token: null })).join()).not.toContain(
    'Authorization',
  )
})
