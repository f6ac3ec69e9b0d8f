import { createTestDatabase } from '@nexus/core/testkit'
import { expect, test } from 'vitest'
import { runCrashRounds, startNexus, withDataDir } from './kit/index.ts'

const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000)
const TWO_MINUTES = 120_000

test(
  `[E2E-CRASH1] kill -9 while 20 editors write loses no acknowledged edit on the embedded database (SEED=${SEED})`,
  async () => {
    await withDataDir(async (dataDir) => {
      const outcome = await runCrashRounds({
        start: () => startNexus({ dataDir }),
        rounds: 2,
        editors: 20,
        seed: SEED,
      })
      expect(outcome.acknowledged).toBeGreaterThan(100)
      expect(outcome.lostKeys).toEqual([])
    })
  },
  TWO_MINUTES,
)

test(
  `[E2E-CRASH2] kill -9 while 20 editors write loses no acknowledged edit on PostgreSQL (SEED=${SEED})`,
  async () => {
    await using database = await createTestDatabase()
    await withDataDir(async (dataDir) => {
      const outcome = await runCrashRounds({
        start: () => startNexus({ dataDir, databaseUrl: database.url }),
        rounds: 2,
        editors: 20,
        seed: SEED,
      })
      expect(outcome.acknowledged).toBeGreaterThan(100)
      expect(outcome.lostKeys).toEqual([])
    })
  },
  TWO_MINUTES,
)
