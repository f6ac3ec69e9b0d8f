import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startService } from '@nexus/e2e/kit'
import { median, rounded } from '../measure/rounds.ts'
import { type Series, writeResult } from '../record.ts'
import type { RunOptions } from '../run-options.ts'
import { startNexusSide } from '../sides/nexus.ts'
import type { Side } from '../sides/side.ts'
import { measureAcks } from './ack-rate.ts'

const BAR = 1.3
/** The shortest there is; the usual one is five minutes. */
const SNAPSHOT_INTERVAL_MS = 1_000

/** The same editors without a snapshot worker and with one that commits their panels every second, by turns. */
export async function benchSnapshotAcks({ quick }: RunOptions): Promise<void> {
  const [rounds, seconds] = quick ? [2, 4] : [7, 8]
  const side = await startNexusSide({ nodes: 1 })
  const gitDir = await mkdtemp(join(tmpdir(), 'nexus-bench-git-'))
  const runs: { without: Series[]; during: Series[] } = { without: [], during: [] }
  try {
    for (let round = 0; round < rounds; round += 1) {
      runs.without.push(await measureAcks(side, seconds))
      runs.during.push(await withSnapshots(side, gitDir, () => measureAcks(side, seconds)))
    }
  } finally {
    await side.stop()
    await rm(gitDir, { recursive: true, force: true })
  }
  const p95 = (of: readonly Series[]): number => rounded(median(of.map((each) => each.p95)))
  const figures = { without: p95(runs.without), during: p95(runs.during) }
  const ratio = rounded(figures.during / figures.without)
  writeResult({
    name: 'snapshot-acks',
    what: 'p95 of edit → ack, 100 edits/s on ten panels, with a worker that commits them every second, beside without one',
    bar: `≤ ${BAR} ×`,
    isMet: ratio <= BAR,
    figures: { ...figures, ratio },
    runs: [runs],
  })
}

async function withSnapshots<T>(
  { databaseUrl, redisUrl }: Side,
  gitDir: string,
  use: () => Promise<T>,
): Promise<T> {
  const worker = await startService('snapshots', {
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    GIT_DIR: gitDir,
    SNAPSHOT_INTERVAL_MS: String(SNAPSHOT_INTERVAL_MS),
  })
  try {
    return await use()
  } finally {
    await worker.stop()
  }
}
