import { withTestDatabase } from '@nexus/core/testkit'
import { expect, test } from 'vitest'
import { openRepository, type Repository, type TreeHash } from './git/repository.ts'
import { expectSound } from './testkit/real-git.ts'
import { ADA, BOB, createStage, type Stage } from './testkit/stage.ts'

const database = withTestDatabase()
const someStage = () => createStage(database.db)

/**
 * Puts a commit of an older renderer in the place of the newest, as the worker of then would have: it knew no README, and
 * had other spaces in its JSON.
 */
async function makeOld(stage: Stage): Promise<void> {
  const repository = await openRepository(stage.gitDir, stage.workspaceId)
  const head = await repository.head()
  if (head === null) throw new Error('There is no commit.')
  const old = await repository.writeCommit({
    ...head,
    committer: head.author,
    tree: await withOldFiles(repository, head.tree),
    message: head.message.replace(/^Renderer-Version: .*$/m, 'Renderer-Version: 1'),
  })
  expect(await repository.advanceBranch(head.hash, old)).toBe(true)
  await stage.db
    .updateTable('workspace_git')
    .set({ head_commit: old, fingerprint: 'of another renderer' })
    .where('workspace_id', '=', stage.workspaceId)
    .execute()
}

async function withOldFiles(repository: Repository, tree: TreeHash): Promise<TreeHash> {
  const folder = await repository.readFolder(tree)
  const [files, folders] = [new Map(folder.files), new Map(folder.folders)]
  files.delete('README.md')
  const state = files.get('state.json')
  if (state !== undefined) {
    const text = JSON.stringify(JSON.parse(await repository.readText(state)), null, 1)
    files.set('state.json', await repository.writeText(text))
  }
  for (const [name, below] of folder.folders) folders.set(name, await withOldFiles(repository, below))
  return repository.writeFolder({ files, folders })
}

test('[SNAP18] a repository from before there was a README gets it with the next commit', async () => {
  const stage = await someStage()
  const panel = await stage.addPanel({ name: 'P', state: { n: 1 } })
  await stage.addPanel({ name: 'Q', state: { n: 1 } })
  const worker = await stage.worker()
  await worker.commitChanged()
  await makeOld(stage)
  await stage.edit(panel, ADA, (state) => state.set('n', 2))
  await worker.commitChanged()
  expect(await stage.git('show', '--format=%s', '--name-status', 'main')).toMatch(
    /^P: n changed\n\nA\tREADME.md\nM\tpanels\/p-[0-9a-f]{8}\/state.json\nM\tpanels\/q-[0-9a-f]{8}\/state.json\n$/,
  )
  await expectSound(stage.repository)
})

test('[SNAP21] a commit after an upgrade is signed for the changes since the last, not for all there were', async () => {
  const stage = await someStage()
  const panel = await stage.addPanel({ name: 'P', state: { n: 1 } })
  for (const n of [2, 3, 4]) await stage.edit(panel, BOB, (state) => state.set('n', n))
  const worker = await stage.worker()
  await worker.commitChanged()
  await makeOld(stage)
  await stage.edit(panel, ADA, (state) => state.set('n', 5))
  await worker.commitChanged()
  expect(await stage.git('log', '-1', '--format=%an|%(trailers:key=Co-authored-by,valueonly)')).toBe(
    'Ada Lovelace|\n',
  )
})

test('[SNAP21] after an upgrade without a change the files are written anew, once, and by nobody', async () => {
  const stage = await someStage()
  const panel = await stage.addPanel({ name: 'P', state: { n: 1 } })
  const worker = await stage.worker()
  await worker.commitChanged()
  await makeOld(stage)
  await worker.commitChanged()
  await worker.commitChanged()
  expect(await stage.git('log', '-2', '--format=%an|%s')).toBe(
    'Nexus|Files laid out anew\nAda Lovelace|First snapshot: 1 panel\n',
  )
  expect(await stage.git('show', 'main', '--format=', '--name-status')).toBe(
    `A\tREADME.md\nM\tpanels/p-${panel.id.slice(-8)}/state.json\n`,
  )
  expect(await stage.git('show', `main:panels/p-${panel.id.slice(-8)}/state.json`)).toBe('{\n  "n": 1\n}\n')
})

test('[SNAP18] a repository that a newer release writes is left alone by an older one', async () => {
  const stage = await someStage()
  const panel = await stage.addPanel({ name: 'P', state: { n: 1 } })
  const worker = await stage.worker()
  await worker.commitChanged()
  const repository = await openRepository(stage.gitDir, stage.workspaceId)
  const head = await repository.head()
  if (head === null) throw new Error('There is no commit.')
  const newer = await repository.writeCommit({
    ...head,
    committer: head.author,
    parent: head.hash,
    message: head.message.replace(/Renderer-Version: \d+/, 'Renderer-Version: 99'),
  })
  expect(await repository.advanceBranch(head.hash, newer)).toBe(true)
  await stage.edit(panel, ADA, (state) => state.set('n', 2))
  await worker.commitChanged()
  expect((await stage.git('rev-parse', 'main')).trim()).toBe(newer)
})
