import { type Workshop, withWorkshop } from '../clients/workshop.ts'
import { toSeries, writeResult } from '../record.ts'
import type { RunOptions } from '../run-options.ts'

const PANELS = 50
const ITEMS = 100
const CHANGED = 5
const BAR = { changedMs: 300, unchangedMs: 30, firstMs: 1_500, manyMs: 60_000 }
const SMALL = { panels: 2, items: 10 }

/** What one snapshot worker needs for its work. */
export async function benchSnapshots({ quick }: RunOptions): Promise<void> {
  await withWorkshop(async (workshop) => {
    await benchOne(workshop, quick ? 20 : 200)
    await benchFirst(workshop, quick ? 3 : 10)
    await benchMany(workshop, quick ? 100 : 1_000)
  })
}

async function benchOne(workshop: Workshop, rounds: number): Promise<void> {
  const bench = await workshop.newWorkspace(PANELS, ITEMS)
  await workshop.snapshot(bench)
  const changed: number[] = []
  const unchanged: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    await workshop.edit(bench, { count: CHANGED, from: round * CHANGED, value: 1_000 + round })
    changed.push(await workshop.snapshot(bench))
    unchanged.push(await workshop.snapshot(bench))
  }
  const what = `of ${PANELS} panels of 10 kB, from the request to its answer`
  const figures = { changed: toSeries(changed), unchanged: toSeries(unchanged) }
  writeResult({
    name: 'snapshot-changed',
    what: `snapshot ${what}, ${CHANGED} panels changed since the last`,
    bar: `p95 ≤ ${BAR.changedMs} ms`,
    isMet: figures.changed.p95 <= BAR.changedMs,
    figures: { ...figures.changed },
    runs: [changed.map(Math.round)],
  })
  writeResult({
    name: 'snapshot-unchanged',
    what: `snapshot ${what}, nothing changed since the last`,
    bar: `p95 ≤ ${BAR.unchangedMs} ms`,
    isMet: figures.unchanged.p95 <= BAR.unchangedMs,
    figures: { ...figures.unchanged },
    runs: [unchanged.map(Math.round)],
  })
}

async function benchFirst(workshop: Workshop, rounds: number): Promise<void> {
  const times: number[] = []
  for (let round = 0; round < rounds; round += 1)
    times.push(await workshop.snapshot(await workshop.newWorkspace(PANELS, ITEMS)))
  const figures = toSeries(times)
  writeResult({
    name: 'snapshot-first',
    what: `first snapshot of ${PANELS} panels of 10 kB, from the request to its answer`,
    bar: `p95 ≤ ${BAR.firstMs} ms`,
    isMet: figures.p95 <= BAR.firstMs,
    figures: { ...figures },
    runs: [times.map(Math.round)],
  })
}

async function benchMany(workshop: Workshop, workspaces: number): Promise<void> {
  const benches = []
  for (let at = 0; at < workspaces; at += 1)
    benches.push(await workshop.newWorkspace(SMALL.panels, SMALL.items))
  await workshop.worker.commitChanged()
  for (const bench of benches) await workshop.edit(bench, { count: 1, from: 0, value: 1_001 })
  const begin = performance.now()
  await workshop.worker.commitChanged()
  const ms = Math.round(performance.now() - begin)
  writeResult({
    name: 'snapshot-many',
    what: `${workspaces} workspaces of ${SMALL.panels} panels of 1 kB, one changed in each, committed by one worker`,
    bar: `≤ ${BAR.manyMs} ms`,
    isMet: ms <= BAR.manyMs,
    figures: { ms, perSecond: Math.round((workspaces / ms) * 1_000) },
    runs: [ms],
  })
}
