import { withTestDatabase } from '@nexus/core/testkit'
import { expect, test } from 'vitest'
import { openRepository } from './git/repository.ts'
import { expectSound } from './testkit/real-git.ts'
import { ADA, BOB, createStage, type Stage } from './testkit/stage.ts'

const database = withTestDatabase()
const someStage = () => createStage(database.db)

/** Puts a commit of an older renderer, which knew no README, in the place of the newest, as the worker of then would have. */
async function makeOld(stage: Stage): Promise<void> {
  const repository = await openRepository(stage.gitDir, stage.workspaceId)
  const head = await repository.head()
  if (head === null) throw new Error('There is no commit.')
  const { files, folders } = await repository.readFolder(head.tree)
  const withoutReadme = new Map([...files].filter(([name]) => name !== 'README.md'))
  const old = await repository.writeCommit({
    ...head,
    committer: head.author,
    tree: await repository.writeFolder({ files: withoutReadme, folders }),
    message: head.message.replace(/^Renderer-Version: .*$/m, 'Renderer-Version: 1'),
  })
  expect(await repository.advanceBranch(head.hash, old)).toBe(true)
  await stage.db
    .updateTable('workspace_git')
    .set({ head_commit: old, fingerprint: 'of another renderer' })
    .where('workspace_id', '=', stage.workspaceId)
    .execute()
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
    /^P: n changed\n\nA\tREADME.md\nM\tpanels\/p-[0-9a-f]{8}\/state.json\n$/,
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
  await stage.addPanel({ name: 'P', state: { n: 1 } })
  const worker = await stage.worker()
  await worker.commitChanged()
  await makeOld(stage)
  await worker.commitChanged()
  await worker.commitChanged()
  expect(await stage.git('log', '-2', '--format=%an|%s')).toBe(
    'Nexus|Files laid out anew\nAda Lovelace|First snapshot: 1 panel\n',
  )
  expect(await stage.git('show', 'main', '--format=', '--name-status')).toBe('A\tREADME.md\n')
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
