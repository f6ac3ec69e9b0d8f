import { runCrashRounds } from '@nexus/e2e/kit'
import { newInstallation } from '../databases.ts'
import { writeResult } from '../record.ts'

const SEED = 20_261_123
const ROUNDS = 10
const EDITORS = 20

/** Kills the process in the middle of editing, again and again, and looks for acknowledged edits that are gone. */
export async function benchCrash(): Promise<void> {
  const rounds: Record<string, unknown> = {}
  let lost = 0
  let acknowledged = 0
  for (const database of ['PGlite', 'PostgreSQL'] as const) {
    const installation = await newInstallation(database)
    try {
      const outcome = await runCrashRounds({
        start: installation.start,
        rounds: ROUNDS,
        editors: EDITORS,
        seed: SEED,
      })
      rounds[database] = outcome
      lost += outcome.lost
      acknowledged += outcome.acknowledged
    } finally {
      await installation.remove()
    }
  }
  writeResult({
    name: 'crash',
    what: `kill -9 of the one process while ${EDITORS} editors write, ${ROUNDS} rounds on each database, seed ${SEED}`,
    bar: '0 acknowledged edits lost',
    isMet: lost === 0 && acknowledged > 0,
    figures: { acknowledged, lost },
    runs: [rounds],
  })
}
