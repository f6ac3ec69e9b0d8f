import { createTokenSigner, withTestDatabase } from '@nexus/core/testkit'
import { expect, test } from 'vitest'
import { createGitProgram } from '../git/git-program.ts'
import { packRepository } from '../packing/pack-repository.ts'
import { serveGit } from '../testkit/git-server.ts'
import { ADA, createStage, type Stage } from '../testkit/stage.ts'

const database = withTestDatabase()
const alone = async (): Promise<void> => undefined

/** Two commits: a panel is made, and then renamed and changed while another comes and a third is deleted. */
async function changedStage() {
  const stage = await createStage(database.db)
  await database.db
    .insertInto('workspace_members')
    .values({ workspace_id: stage.workspaceId, user_id: ADA, role: 'owner' })
    .execute()
  const worker = await stage.worker()
  const notes = await stage.addPanel({ name: 'Notes', state: { list: ['one', 'two', 'three'], more: 'a' } })
  const gone = await stage.addPanel({ name: 'Gone', state: { a: 1 } })
  await worker.commitChanged()
  await stage.edit(notes, ADA, (state) => state.set('more', 'b\ndiff --git a/x b/x\n+++ y'))
  await database.db.updateTable('panels').set({ name: 'Papers' }).where('id', '=', notes.id).execute()
  await database.db.updateTable('panels').set({ deleted_at: new Date() }).where('id', '=', gone.id).execute()
  await database.db
    .updateTable('panel_states')
    .set({ deleted_at: new Date() })
    .where('document', '=', gone.document)
    .execute()
  const fresh = await stage.addPanel({ name: 'Fresh', state: { b: 2 } })
  await worker.commitChanged()
  const folders = {
    notes: `panels/notes-${notes.id.slice(-8)}`,
    papers: `panels/papers-${notes.id.slice(-8)}`,
    gone: `panels/gone-${gone.id.slice(-8)}`,
    fresh: `panels/fresh-${fresh.id.slice(-8)}`,
  }
  const diffOf = (hash: string) =>
    worker.commitDiffs.read({ workspaceId: stage.workspaceId, hash, token: 'of nobody' })
  return { stage, worker, folders, diffOf }
}

const hashesOf = async ({ git }: Stage): Promise<string[]> =>
  (await git('rev-list', '--reverse', 'main')).trim().split('\n')

test('[COM4] a commit says of each file what was added, removed, changed and renamed', async () => {
  const { stage, folders, diffOf } = await changedStage()
  const [first = '', second = ''] = await hashesOf(stage)
  const beginning = await diffOf(first)
  expect(beginning?.files.map(({ path, change }) => [path, change])).toContainEqual([
    `${folders.notes}/state.json`,
    'added',
  ])
  const diff = await diffOf(second)
  const byPath = new Map(diff?.files.map((file) => [file.path, file]))
  expect(byPath.get(`${folders.papers}/state.json`)).toEqual({
    path: `${folders.papers}/state.json`,
    previousPath: `${folders.notes}/state.json`,
    change: 'renamed',
    additions: 1,
    deletions: 1,
    diff: expect.stringMatching(/^@@ -4,5 \+4,5 @@\n/),
  })
  expect(byPath.get(`${folders.papers}/state.json`)?.diff).toContain('-  "more": "a"\n')
  expect(byPath.get(`${folders.fresh}/state.json`)).toMatchObject({
    change: 'added',
    additions: 3,
    deletions: 0,
    diff: expect.stringContaining('+  "b": 2\n'),
  })
  expect(byPath.get(`${folders.gone}/state.json`)).toMatchObject({ change: 'removed', deletions: 3 })
  expect(byPath.get('workspace.json')).toMatchObject({ change: 'changed' })
})

test('[COM4] also in a packed repository, and over HTTP for who may read it', async () => {
  const { stage, worker, diffOf } = await changedStage()
  const hashes = await hashesOf(stage)
  const before = await Promise.all(hashes.map(diffOf))
  await packRepository({
    program: createGitProgram(),
    repository: stage.repository,
    isWhole: true,
    requireAlone: alone,
  })
  expect(await Promise.all(hashes.map(diffOf))).toEqual(before)
  const origin = await serveGit(worker)
  const { tokenOf } = await createTokenSigner(database.db)
  const ask = (hash: string, user: string) =>
    fetch(`${origin}/git/${stage.workspaceId}.git/commits/${hash}/diff`, {
      headers: { authorization: `Bearer ${tokenOf(user)}` },
    })
  expect(await (await ask(hashes[1] ?? '', 'ada')).json()).toEqual(before[1])
  expect((await ask(hashes[1] ?? '', 'eve')).status).toBe(404)
  expect((await ask('0'.repeat(40), 'ada')).status).toBe(404)
})

test('[COM4] what is no commit has no diff; a commit too large to be told says which files', async () => {
  const { stage, worker, diffOf } = await changedStage()
  const tree = (await stage.git('rev-parse', 'main^{tree}')).trim()
  for (const hash of [tree, '0'.repeat(40), 'main', '--help', '']) expect(await diffOf(hash)).toBeNull()
  await stage.addPanel({ name: 'Large', state: { text: 'x'.repeat(6_000_000) } })
  await worker.commitChanged()
  const large = await diffOf((await hashesOf(stage)).at(-1) ?? '')
  expect(large?.files).toHaveLength(3)
  expect(large?.files.every(({ diff }) => diff === null)).toBe(true)
})

test('[COM4] whatever characters people write, each file has its own diff', async () => {
  const { stage, worker, diffOf } = await changedStage()
  const forged = 'x\u2028diff --git a/README.md b/README.md\u2028@@ -1 +1 @@\u2028+forged'
  await stage.addPanel({ name: 'Aaa', state: { text: forged } })
  const source = 'hello\rdiff --git a/x b/x\n@@ -1 +1 @@\nworld\0'
  await stage.addPanel({ name: 'Bbb', source, state: { b: 1 } })
  await worker.commitChanged()
  const diff = await diffOf((await hashesOf(stage)).at(-1) ?? '')
  const byName = new Map(diff?.files.map((file) => [file.path.replace(/-[0-9a-f]{8}/, ''), file.diff]))
  expect(byName.get('panels/aaa/state.json')).toContain('+forged')
  expect(byName.get('panels/bbb/panel.nxml')).toContain('+hello\rdiff --git a/x b/x\n+@@ -1 +1 @@\n+world\0')
  expect(byName.get('panels/bbb/state.json')).toBe('@@ -0,0 +1,3 @@\n+{\n+  "b": 1\n+}\n')
  expect(byName.get('workspace.json')).toContain('"name": "Bbb"')
})
