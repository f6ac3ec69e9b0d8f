import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { createRandom, withTestDatabase } from '@nexus/core/testkit'
import { expect, test } from 'vitest'
import { parseMessage } from './job/commit-message.ts'
import { expectSound } from './testkit/real-git.ts'
import { ADA, createStage, ledgerOf, type Stage, snapshotsOf } from './testkit/stage.ts'

const database = withTestDatabase()
const WORKER = fileURLToPath(new URL('./testkit/worker-to-kill.ts', import.meta.url))
const ROUNDS = 5

/** Starts a worker, edits while it commits, and kills it when it has said `steps` steps. */
async function runUntilKilled(stage: Stage, steps: number, edit: () => Promise<void>): Promise<void> {
  const worker = spawn(process.execPath, [WORKER, database.url, stage.gitDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(worker, 'exit')
  let said = 0
  createInterface(worker.stdout).on('line', () => {
    said += 1
    if (said === steps) worker.kill('SIGKILL')
  })
  while (worker.exitCode === null && worker.signalCode === null) await edit()
  const [, signal] = await ended
  expect(signal).toBe('SIGKILL')
}

/** Commits and rows of state_snapshots belong together one to one. */
async function expectLedgerOfEveryCommit(stage: Stage): Promise<void> {
  const commits = (await stage.git('rev-list', 'main')).trim().split('\n')
  const told = await Promise.all(
    commits.map(async (commit) => {
      const { snapshotIds, manifest } = parseMessage(await stage.git('log', '-1', '--format=%B', commit))
      return { id: snapshotIds[0], git_commit: commit, manifest, state: 'created' }
    }),
  )
  const rows = (await snapshotsOf(stage)).map(({ id, git_commit, manifest, state }) => ({
    id,
    git_commit,
    manifest,
    state,
  }))
  const byCommit = (a: { git_commit: string | null }, b: { git_commit: string | null }) =>
    (a.git_commit ?? '').localeCompare(b.git_commit ?? '')
  expect(rows.sort(byCommit)).toEqual(told.sort(byCommit))
  expect((await ledgerOf(stage)).head_commit).toBe(commits[0])
}

test('[SNAP11] workers killed with SIGKILL again and again leave a sound repository and lose no commit', async () => {
  const random = createRandom(20_261_123)
  const stage = await createStage(database.db)
  const panels = await Promise.all(['A', 'B', 'C'].map((name) => stage.addPanel({ name })))
  let count = 0
  const edit = async () => {
    const panel = panels[count % panels.length]
    count += 1
    if (panel !== undefined) await stage.edit(panel, ADA, (state) => state.set(`key${count % 50}`, count))
  }
  for (let round = 0; round < ROUNDS; round += 1) {
    await runUntilKilled(stage, 1 + random.below(15), edit)
    if (existsSync(stage.repository)) await expectSound(stage.repository)
  }
  const survivor = await stage.worker()
  await expect
    .poll(
      async () => {
        await survivor.commitChanged()
        return (await ledgerOf(stage)).manifest
      },
      { timeout: 20_000 },
    )
    .toEqual(
      Object.fromEntries(panels.map(({ id }, index) => [id, 1 + countOf(count, index, panels.length)])),
    )
  await expectLedgerOfEveryCommit(stage)
  await expectSound(stage.repository)
}, 120_000)

/** Of `count` edits dealt out in turn to `among` panels, those that the one at `index` got. */
const countOf = (count: number, index: number, among: number): number =>
  Math.floor((count - index + among - 1) / among)
