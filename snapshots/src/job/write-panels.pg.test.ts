import { withTestDatabase } from '@nexus/core/testkit'
import { expect, test } from 'vitest'
import { openRepository } from '../git/repository.ts'
import { ADA, createStage } from '../testkit/stage.ts'
import { readBase } from './base.ts'
import { takeCut } from './cut.ts'
import { createFolderSizes } from './folder-sizes.ts'
import { writePanels } from './write-panels.ts'

const database = withTestDatabase()

test('[SNAP22] of a hundred and two changed panels the first hundred are compared', async () => {
  const stage = await createStage(database.db)
  const panels = []
  for (let at = 0; at < 102; at += 1) panels.push(await stage.addPanel({ name: 'P', state: { n: 1 } }))
  await (await stage.worker()).commitChanged()
  for (const panel of panels) await stage.edit(panel, ADA, (state) => state.set('n', 2))
  const repository = await openRepository(stage.gitDir, stage.workspaceId)
  const [head, cut] = [await repository.head(), await takeCut(stage.db, stage.workspaceId)]
  if (head === null || cut === null) throw new Error('There is no commit.')
  const base = await readBase(repository, head, { headCommit: null, manifest: {}, fingerprint: '' })
  const sources = { repository, log: stage.log, sizes: createFolderSizes() }
  const { trees, contents } = await writePanels(sources, cut, base)
  expect(trees.size).toBe(102)
  expect([...contents.keys()].toSorted()).toEqual(panels.slice(0, 100).map(({ id }) => id))
  expect(new Set(contents.values().map(([phrase]) => phrase))).toEqual(new Set(['n changed']))
})
