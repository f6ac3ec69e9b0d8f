import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestDatabase } from '@nexus/core/testkit'
import { expect, test } from 'vitest'
import { runCrashRounds, startNexus } from './kit/index.ts'

const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000)
const TWO_MINUTES = 120_000

async function withDataDir(use: (dataDir: string) => Promise<void>): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'nexus-e2e-'))
  try {
    await use(dataDir)
  } finally {
    await rm(dataDir, { recursive: true, force: true })
  }
}

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
