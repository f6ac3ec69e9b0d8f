import { startPostgres, startRedis } from '@nexus/core/testkit'
import { expect, test } from 'vitest'
import { signUp, startNexus, startService, withDataDir } from './kit/index.ts'

const DRAIN_MS = 1_000

test('[SRV7] while PostgreSQL hangs every part says so, and ends within its drain time and 5 s, also when requests wait for it', async () => {
  const postgres = await startPostgres()
  const redis = await startRedis()
  const drain = { DRAIN_TIMEOUT_MS: String(DRAIN_MS) }
  const env = { ...drain, DATABASE_URL: postgres.url, REDIS_URL: redis.url }
  await withDataDir(async (dataDir) => {
    const api = await startService('api', { ...env, AUTH_SECRET: 'a secret of at least 32 characters' })
    const [collabServer, snapshots, standalone] = await Promise.all([
      startService('collab-server', env),
      startService('snapshots', { ...env, GIT_DIR: dataDir }),
      startNexus({ dataDir, databaseUrl: postgres.url, env: { ...drain, REDIS_URL: redis.url } }),
    ])
    const processes = [api, collabServer, snapshots, standalone]
    try {
      for (const { url } of processes) await fetch(`${url}/health/ready`)
      postgres.freeze()
      const waiting = [api, standalone].map(({ url }) => signUp(url).catch(() => null))
      const ready = await Promise.all(processes.map(({ url }) => fetch(`${url}/health/ready`)))
      for (const answer of ready) {
        expect(answer.status).toBe(503)
        expect(await answer.text()).toContain('database":"does not answer"')
      }
      const tookMs = await Promise.all(
        processes.map(async (process) => {
          const startedAt = performance.now()
          await process.stop()
          return performance.now() - startedAt
        }),
      )
      for (const ms of tookMs) expect(ms).toBeLessThan(DRAIN_MS + 5_000)
      await Promise.all(waiting)
    } finally {
      await Promise.all(processes.map((process) => process.kill()))
      postgres.thaw()
    }
  })
  await postgres.stop()
  await redis.stop()
})
