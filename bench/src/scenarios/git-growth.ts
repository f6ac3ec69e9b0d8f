import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Bench, type Workshop, withWorkshop } from '../clients/workshop.ts'
import { toSeries, writeResult } from '../record.ts'
import type { RunOptions } from '../run-options.ts'

const PANELS = 50
const ITEMS = 100
const CHANGED = 5
/** The worker looks for repositories to pack every hour; one that is committed every few minutes is packed after a hundred. */
const COMMITS_PER_PACK = 100
const BAR = { cloneMs: 2_000, bytes: 50_000_000 }
const CLONES = 5

/** A repository over months: how large it is, and how long a clone takes. */
export async function benchGitGrowth({ quick }: RunOptions): Promise<void> {
  const [cloned, grown] = quick ? [200, 400] : [1_000, 10_000]
  await withWorkshop(async (workshop) => {
    const bench = await workshop.newWorkspace(PANELS, ITEMS)
    await commit(workshop, bench, { from: 0, to: cloned })
    await benchClone(workshop, bench, cloned)
    await commit(workshop, bench, { from: cloned, to: grown })
    await workshop.worker.packRepositories()
    const bytes = workshop.sizeOf(bench)
    writeResult({
      name: 'git-growth',
      what: `repository of ${PANELS} panels of 10 kB after ${grown} commits of ${CHANGED} changed panels each, packed as the worker does`,
      bar: `≤ ${BAR.bytes / 1e6} MB`,
      isMet: bytes <= BAR.bytes,
      figures: { bytes, perCommit: Math.round(bytes / grown) },
      runs: [bytes],
    })
  })
}

async function commit(
  workshop: Workshop,
  bench: Bench,
  { from, to }: { from: number; to: number },
): Promise<void> {
  for (let round = from; round < to; round += 1) {
    await workshop.edit(bench, { count: CHANGED, from: round * CHANGED, value: 1_000 + round })
    await workshop.worker.commitChanged()
    if ((round + 1) % COMMITS_PER_PACK === 0) await workshop.worker.packRepositories()
  }
}

async function benchClone(workshop: Workshop, bench: Bench, commits: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'nexus-bench-clone-'))
  try {
    const times: number[] = []
    for (let run = 0; run < CLONES; run += 1)
      times.push(await workshop.clone(bench, join(folder, String(run))))
    const figures = toSeries(times)
    writeResult({
      name: 'git-clone',
      what: `git clone over HTTP of ${commits} commits of ${PANELS} panels of 10 kB, packed as the worker does`,
      bar: `median ≤ ${BAR.cloneMs} ms`,
      isMet: figures.p50 <= BAR.cloneMs,
      figures: { ...figures },
      runs: [times.map(Math.round)],
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
