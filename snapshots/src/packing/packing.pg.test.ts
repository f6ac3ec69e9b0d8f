import { copyFile, readdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { withTestDatabase } from '@nexus/core/testkit'
import { describe, expect, test } from 'vitest'
import { createGitProgram } from '../git/git-program.ts'
import { expectSound } from '../testkit/real-git.ts'
import { ADA, createStage, ledgerOf, type Stage, subjectsOf } from '../testkit/stage.ts'
import { COMMITS_PER_PACK } from './find-unpacked.ts'
import { MAX_PACKS, packRepository } from './pack-repository.ts'

const database = withTestDatabase()
const alone = async (): Promise<void> => undefined

/** A workspace of two panels, and what makes so many commits of it. */
async function growingStage() {
  const stage = await createStage(database.db)
  const [notes, todo] = [
    await stage.addPanel({ name: 'Notes', state: { text: 'x'.repeat(2_000) } }),
    await stage.addPanel({ name: 'Todo', state: { n: 0 } }),
  ]
  const worker = await stage.worker()
  let n = 0
  const commit = async (count: number): Promise<void> => {
    for (let left = count; left > 0; left -= 1) {
      n += 1
      await stage.edit(notes, ADA, (state) => state.set(`k${n % 7}`, n))
      await worker.commitChanged()
    }
  }
  return { stage, worker, notes, todo, commit }
}

/** Hashes that lie in a file each, and names of packs. */
async function objectsOf({ repository }: Stage) {
  const folder = join(repository, 'objects')
  const loose: string[] = []
  for (const name of await readdir(folder))
    if (/^[0-9a-f]{2}$/.test(name))
      for (const rest of await readdir(join(folder, name))) loose.push(name + rest)
  const packs = (await readdir(join(folder, 'pack'))).filter((name) => name.endsWith('.pack'))
  return { loose: loose.sort(), packs }
}

const packedOf = async (stage: Stage) => {
  const { packed_number: number, packed_whole_at: wholeAt } = await ledgerOf(stage)
  return { number: Number(number), wholeAt }
}

describe('a repository that grows', () => {
  test('[PACK1] is packed without its newest commit, and goes on from there with the same content', async () => {
    const { stage, commit } = await growingStage()
    await commit(30)
    const before = await stage.git('log', '--format=%H %T')
    const program = createGitProgram()
    const packed = await packRepository({
      program,
      repository: stage.repository,
      isWhole: false,
      requireAlone: alone,
    })
    const { loose, packs } = await objectsOf(stage)
    const newest = (await stage.git('rev-list', '--objects', '--no-object-names', '--no-walk', 'main')).trim()
    expect(packed).toBeGreaterThan(100)
    expect(packs).toHaveLength(1)
    expect(loose).toEqual(newest.split('\n').sort())
    expect(await stage.git('log', '--format=%H %T')).toBe(before)
    await expectSound(stage.repository)
    await commit(2)
    expect(await subjectsOf(stage)).toHaveLength(32)
    await expectSound(stage.repository)
  })

  test('[PACK1] packed again and again it has few packs, and nothing is lost', async () => {
    const { stage, commit } = await growingStage()
    const program = createGitProgram()
    for (let round = 0; round < MAX_PACKS + 3; round += 1) {
      await commit(2)
      await packRepository({ program, repository: stage.repository, isWhole: false, requireAlone: alone })
    }
    const { packs } = await objectsOf(stage)
    expect(packs.length).toBeLessThanOrEqual(3)
    expect(await subjectsOf(stage)).toHaveLength(2 * (MAX_PACKS + 3))
    await expectSound(stage.repository)
    expect(
      await packRepository({ program, repository: stage.repository, isWhole: false, requireAlone: alone }),
    ).toBe(0)
  })

  test('[PACK1] goes on after a process was killed between packing and taking away what is packed twice', async () => {
    const { stage, commit } = await growingStage()
    const program = createGitProgram()
    const pack = () =>
      packRepository({ program, repository: stage.repository, isWhole: false, requireAlone: alone })
    const folder = join(stage.repository, 'objects', 'pack')
    for (let round = 0; round < MAX_PACKS; round += 1) {
      await commit(1)
      await pack()
    }
    const names = await readdir(folder)
    const index = names.find((name) => name.endsWith('.idx')) ?? ''
    const whole = join(folder, index)
    // What is left of a pack whose objects lie elsewhere as well, and of one that was being written.
    await copyFile(whole.replace('.idx', '.pack'), join(folder, 'pack-0000.pack'))
    await copyFile(whole, join(folder, 'pack-1111.idx'))
    await writeFile(join(folder, 'tmp_pack_x'), 'half')
    const old = new Date(Date.now() - 2 * 3_600_000)
    for (const name of ['pack-1111.idx', 'tmp_pack_x']) await utimes(join(folder, name), old, old)
    await commit(2)
    await pack()
    await commit(1)
    await pack()
    const left = await readdir(folder)
    expect(left.filter((name) => name.endsWith('.idx')).length).toBeLessThanOrEqual(3)
    expect(left).not.toContain('tmp_pack_x')
    expect(left).not.toContain('pack-1111.idx')
    // Not old enough to be sure that nobody is writing it.
    expect(left).toContain('pack-0000.pack')
    await expectSound(stage.repository)
  })

  test('[PACK4] nothing is taken away by who is not alone any more', async () => {
    const { stage, commit } = await growingStage()
    await commit(5)
    const lost = async (): Promise<void> => {
      throw new Error('The claim is lost.')
    }
    const program = createGitProgram()
    const packing = packRepository({
      program,
      repository: stage.repository,
      isWhole: true,
      requireAlone: lost,
    })
    await expect(packing).rejects.toThrow('The claim is lost.')
    expect((await objectsOf(stage)).packs).toEqual([])
  })

  test('[PACK2] counts anew after a repository was lost', async () => {
    const { stage, worker, commit } = await growingStage()
    await commit(2)
    await database.db
      .updateTable('workspace_git')
      .set({ packed_number: 300 })
      .where('workspace_id', '=', stage.workspaceId)
      .execute()
    await database.db
      .updateTable('workspace_commits')
      .set(({ eb }) => ({ number: eb('number', '+', COMMITS_PER_PACK) }))
      .where('workspace_id', '=', stage.workspaceId)
      .execute()
    await worker.packRepositories()
    expect((await objectsOf(stage)).packs).toHaveLength(1)
  })

  test('[PACK2] is packed by the worker after so many commits, and not before', async () => {
    const { stage, worker, commit } = await growingStage()
    await commit(3)
    await worker.packRepositories()
    expect((await objectsOf(stage)).packs).toEqual([])
    await database.db
      .updateTable('workspace_commits')
      .set(({ eb }) => ({ number: eb('number', '+', COMMITS_PER_PACK) }))
      .where('workspace_id', '=', stage.workspaceId)
      .execute()
    await worker.packRepositories()
    expect((await objectsOf(stage)).packs).toHaveLength(1)
    expect(await packedOf(stage)).toEqual({ number: COMMITS_PER_PACK + 3, wholeAt: null })
    const { packs } = await objectsOf(stage)
    await commit(1)
    await worker.packRepositories()
    expect((await objectsOf(stage)).packs).toEqual(packs)
  })

  test('[PACK3] of an archived workspace is packed whole, once, and can be woken up', async () => {
    const { stage, worker, commit } = await growingStage()
    await commit(3)
    const setStatus = (status: 'archived' | 'active') =>
      database.db.updateTable('workspaces').set({ status }).where('id', '=', stage.workspaceId).execute()
    await setStatus('archived')
    await worker.packRepositories()
    const { loose, packs } = await objectsOf(stage)
    expect([loose, packs.length]).toEqual([[], 1])
    expect((await packedOf(stage)).wholeAt).toBe((await stage.git('rev-parse', 'main')).trim())
    await worker.packRepositories()
    expect((await objectsOf(stage)).packs).toEqual(packs)
    await setStatus('active')
    await commit(2)
    expect(await subjectsOf(stage)).toHaveLength(5)
    await expectSound(stage.repository)
  })

  test('[PACK4] that another worker is writing is left alone', async () => {
    const { stage, worker, commit } = await growingStage()
    await commit(3)
    await database.db
      .updateTable('workspaces')
      .set({ status: 'archived' })
      .where('id', '=', stage.workspaceId)
      .execute()
    const lease = { lease_owner: 'another', lease_until: new Date(Date.now() + 60_000) }
    await database.db
      .updateTable('workspace_git')
      .set(lease)
      .where('workspace_id', '=', stage.workspaceId)
      .execute()
    await worker.packRepositories()
    expect((await objectsOf(stage)).packs).toEqual([])
  })
})
