import { join } from 'node:path'
import { toVersion } from '@nexus/core'
import { withTestDatabase } from '@nexus/core/testkit'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { expectSound, realGit } from './testkit/real-git.ts'
import { ADA, createStage, type Stage, type StagePanel, snapshotsOf, subjectsOf } from './testkit/stage.ts'

const database = withTestDatabase()
/** Made while the panels are edited without pause. */
const COMMITS = 10

test('[SNAP12] three workers on one database commit each change of a workspace once', async () => {
  const stages = await Promise.all(Array.from({ length: 4 }, () => createStage(database.db)))
  const panels = await Promise.all(stages.map((stage) => stage.addPanel({ name: 'P' })))
  const [first] = stages
  if (first === undefined) throw new Error('no stage')
  // Every worker commits every workspace of the database, into one folder.
  const workers = await Promise.all(
    Array.from({ length: 3 }, () => first.worker({ options: { retryPauseMs: 3_600_000 } })),
  )
  for (let round = 1; round <= 3; round += 1) {
    await Promise.all(stages.map((stage, index) => edited(stage, panels[index], round)))
    await Promise.all(workers.map((worker) => worker.commitChanged()))
  }
  for (const worker of workers) expect((await worker.health()).parts.repositories).toBe('ok')
  for (const stage of stages) {
    const repository = join(first.gitDir, `${stage.workspaceId}.git`)
    const there = { ...stage, git: (...args: string[]) => realGit(repository, ...args) }
    expect(await subjectsOf(there)).toEqual([
      'P: round changed',
      'P: round changed',
      'First snapshot: 1 panel',
    ])
    expect(await snapshotsOf(stage)).toHaveLength(3)
  }
})

test('[SNAP14] every commit shows all panels at one moment, however fast they are edited', async () => {
  const stage = await createStage(database.db)
  const panels = await Promise.all(['A', 'B', 'C'].map((name) => stage.addPanel({ name, state: { n: 0 } })))
  const worker = await stage.worker()
  let isEditing = true
  const edits = (async () => {
    let n = 0
    while (isEditing) await editAll(stage, panels, ++n)
    return n
  })()
  while ((await snapshotsOf(stage)).length < COMMITS) await worker.commitChanged()
  isEditing = false
  const last = await edits
  await worker.commitChanged()

  const commits = (await stage.git('rev-list', 'main')).trim().split('\n')
  const shown = await Promise.all(commits.map((commit) => valuesAt(stage, panels, commit)))
  expect(commits.length).toBeGreaterThanOrEqual(COMMITS)
  expect(shown.filter((values) => new Set(values).size > 1)).toEqual([])
  expect(shown[0]).toEqual([last, last, last])
  await expectSound(stage.repository)
})

const edited = (stage: Stage, panel: StagePanel | undefined, round: number) => {
  if (panel === undefined) throw new Error('no panel')
  return stage.edit(panel, ADA, (state) => state.set('round', round))
}

/** Sets `n` in every panel, in one append: one commit of the database. */
async function editAll(stage: Stage, panels: readonly StagePanel[], n: number): Promise<void> {
  const cause = { userId: ADA, triggeredBy: 'user', triggerSource: null, clientSession: null } as const
  const batch = panels.map(({ doc, document }) => {
    const before = Y.encodeStateVector(doc)
    doc.getMap('state').set('n', n)
    const update = Y.encodeStateAsUpdate(doc, before)
    return { document, updates: [{ update, changeType: 'updated' as const, ...cause }] }
  })
  const outcomes = await stage.log.append(batch)
  expect(outcomes).toMatchObject(panels.map(() => ({ state: 'appended', toVersion: toVersion(n + 1) })))
}

const valuesAt = (stage: Stage, panels: readonly StagePanel[], commit: string) =>
  Promise.all(
    panels.map(async ({ id }, index) => {
      const folder = `panels/${'abc'[index]}-${id.slice(-8)}`
      const state: { n: number } = JSON.parse(await stage.git('show', `${commit}:${folder}/state.json`))
      return state.n
    }),
  )
