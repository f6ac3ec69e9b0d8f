import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createWorkspaceId, type WorkspaceId } from '@nexus/core'
import { expect, test } from 'vitest'
import { expectSound, realGit } from '../testkit/real-git.ts'
import { temporaryFolder } from '../testkit/temporary-folder.ts'
import { type CommitHash, openRepository, type Repository } from './repository.ts'

const someone = { name: 'Ada', email: 'ada@example.org' }

async function someRepository() {
  const gitDir = await temporaryFolder()
  const workspaceId = createWorkspaceId()
  const repository = await openRepository(gitDir, workspaceId)
  return { gitDir, workspaceId, repository, path: join(gitDir, `${workspaceId}.git`) }
}

async function commitOf(
  repository: Repository,
  text: string,
  parent: CommitHash | null,
): Promise<CommitHash> {
  const blob = await repository.writeText(text)
  const tree = await repository.writeFolder({ files: new Map([['a.txt', blob]]), folders: new Map() })
  const time = new Date('2026-01-02T03:04:05Z')
  return repository.writeCommit({ tree, parent, message: text, author: someone, committer: someone, time })
}

test('[SNAP3] real git reads what was committed and finds nothing wrong', async () => {
  const { repository, path } = await someRepository()
  const first = await commitOf(repository, 'one\n', null)
  expect(await repository.advanceBranch(null, first)).toBe(true)
  expect((await realGit(path, 'rev-parse', 'HEAD')).trim()).toBe(first)
  expect(await realGit(path, 'show', 'HEAD:a.txt')).toBe('one\n')
  await expectSound(path)
})

test('[SNAP3] the branch moves only from the commit the writer has seen', async () => {
  const { gitDir, workspaceId, repository } = await someRepository()
  const first = await commitOf(repository, 'one', null)
  await repository.advanceBranch(null, first)
  const writers = await Promise.all(Array.from({ length: 6 }, () => openRepository(gitDir, workspaceId)))
  const moved = await Promise.all(
    writers.map(async (writer, index) =>
      writer.advanceBranch(first, await commitOf(writer, `two ${index}`, first)),
    ),
  )
  expect(moved.filter((hasMoved) => hasMoved)).toHaveLength(1)
})

test('[SNAP3] a lock left by a killed process does not stop the next writer', async () => {
  const { repository, path } = await someRepository()
  const first = await commitOf(repository, 'one', null)
  await writeFile(join(path, 'refs/heads/main.lock'), `${'0'.repeat(40)}\n`)
  expect(await repository.advanceBranch(null, first)).toBe(true)
  expect(await readdir(join(path, 'refs/heads'))).toEqual(['main'])
  await expectSound(path)
})

test('[SNAP3] after git gc has packed everything, commits go on', async () => {
  const { gitDir, workspaceId, repository, path } = await someRepository()
  const first = await commitOf(repository, 'one', null)
  await repository.advanceBranch(null, first)
  await realGit(path, 'gc', '--quiet')
  const later = await openRepository(gitDir, workspaceId)
  expect((await later.head())?.hash).toBe(first)
  const second = await commitOf(later, 'two', first)
  expect(await later.advanceBranch(first, second)).toBe(true)
  expect((await realGit(path, 'log', '--format=%s')).trim().split('\n')).toEqual(['two', 'one'])
  await expectSound(path)
})

test('[SNAP3] one repository made by several at once is whole', async () => {
  const gitDir = await temporaryFolder()
  const workspaceId: WorkspaceId = createWorkspaceId()
  await Promise.all(Array.from({ length: 5 }, () => openRepository(gitDir, workspaceId)))
  expect(await readdir(gitDir)).toEqual([`${workspaceId}.git`])
  await expectSound(join(gitDir, `${workspaceId}.git`))
})

test('[SNAP3] real git knows the tags, also when they are packed', async () => {
  const { repository, path } = await someRepository()
  const first = await commitOf(repository, 'one', null)
  const second = await commitOf(repository, 'two', first)
  await repository.advanceBranch(null, second)
  await repository.setTag('snapshot/abc', first)
  await realGit(path, 'pack-refs', '--all')
  await repository.setTag('snapshot/abc', second)
  expect((await realGit(path, 'rev-parse', 'snapshot/abc')).trim()).toBe(second)
  await expectSound(path)
})
