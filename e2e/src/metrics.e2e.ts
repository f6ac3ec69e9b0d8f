import { createTestDatabase, freePort, startRedis } from '@nexus/core/testkit'
import { expect, test } from 'vitest'
import {
  createFreeFormPanel,
  openLiveEditor,
  requestJson,
  signUp,
  startNexus,
  startService,
  withDataDir,
} from './kit/index.ts'

const textOf = async (url: string): Promise<string> => {
  const response = await fetch(`${url}/metrics`)
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
  return response.text()
}

/** Of a metric without labels but its part. */
function metricOf(text: string, name: string, part: string): number {
  const line = text.split('\n').find((each) => each.startsWith(`${name}{part="${part}"}`))
  return Number(line?.split(' ').at(-1))
}

test('[MET4] each service tells Prometheus how it is, on its own port', async () => {
  await using database = await createTestDatabase()
  const redis = await startRedis()
  const env = { DATABASE_URL: database.url, REDIS_URL: redis.url }
  await withDataDir(async (gitDir) => {
    const processes = await Promise.all([
      startService('api', { ...env, AUTH_SECRET: 'a secret of at least 32 characters' }),
      startService('collab-server', env),
      startService('snapshots', { ...env, GIT_DIR: gitDir }),
    ])
    const [api, collab, snapshots] = processes
    try {
      const account = await signUp(api.url)
      const panel = await createFreeFormPanel(api.url, account)
      const editor = await openLiveEditor({
        url: collab.url,
        token: account.accessToken,
        document: `${account.workspaceId}/${panel}`,
      })
      editor.state.set('n', 1)
      await editor.whenSaved()
      const made = await requestJson(`${api.url}/api/state/${account.workspaceId}/snapshot`, {
        method: 'POST',
        token: account.accessToken,
        body: {},
      })
      expect(made.status).toBe(201)
      const ofCollab = await textOf(collab.url)
      expect(metricOf(ofCollab, 'nexus_collab_sockets', 'collab-server')).toBe(1)
      expect(metricOf(ofCollab, 'nexus_collab_documents', 'collab-server')).toBe(1)
      expect(metricOf(ofCollab, 'nexus_append_edits_total', 'collab-server')).toBeGreaterThanOrEqual(1)
      const ofSnapshots = await textOf(snapshots.url)
      expect(metricOf(ofSnapshots, 'nexus_snapshot_commits_total', 'snapshots')).toBe(1)
      expect(metricOf(ofSnapshots, 'nexus_snapshot_failing_repositories', 'snapshots')).toBe(0)
      const ofApi = await textOf(api.url)
      expect(ofApi).toContain('route="/api/state/:workspaceId/snapshot",status="2xx"} 1')
      for (const [text, part] of [
        [ofApi, 'api'],
        [ofCollab, 'collab-server'],
        [ofSnapshots, 'snapshots'],
      ] as const) {
        expect(metricOf(text, 'nexus_fanout_healthy', part)).toBe(1)
        expect(text).toMatch(/^process_resident_memory_bytes \d+$/m)
      }
      editor.close()
    } finally {
      await Promise.all(processes.map((running) => running.stop()))
      await redis.stop()
    }
  })
})

test('[MET5] the whole product tells it on a port of its own, if asked to, and never on the public one', () =>
  withDataDir(async (dataDir) => {
    const port = await freePort()
    const nexus = await startNexus({ dataDir, env: { METRICS_PORT: String(port) } })
    try {
      await signUp(nexus.url)
      const text = await textOf(`http://127.0.0.1:${port}`)
      expect(text).toContain('route="/api/auth/signup",status="2xx"} 1')
      expect(metricOf(text, 'nexus_collab_sockets', 'collab-server')).toBe(0)
      expect(metricOf(text, 'nexus_snapshot_commits_total', 'snapshots')).toBeGreaterThanOrEqual(0)
      const open = await fetch(`${nexus.url}/metrics`)
      expect(await open.text()).not.toContain('nexus_')
      expect((await fetch(`http://127.0.0.1:${port}/health/live`)).status).toBe(404)
    } finally {
      expect(await nexus.stop()).toBe(0)
    }
  }))
