import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import type { CommitDiffView, WorkspaceStateView } from '@nexus/core/http-contract'
import { createTestDatabase, startRedis } from '@nexus/core/testkit'
import { expect, test } from 'vitest'
import {
  createFreeFormPanel,
  openLiveEditor,
  requestJson,
  signUp,
  startService,
  withDataDir,
} from './kit/index.ts'

test('[E2E-CLUSTER1] services as processes of their own share a panel: two editors, a program, a commit', async () => {
  await using database = await createTestDatabase()
  const redis = await startRedis()
  const env = { DATABASE_URL: database.url, REDIS_URL: redis.url }
  await withDataDir(async (gitDir) => {
    const snapshots = await startService('snapshots', { ...env, GIT_DIR: gitDir })
    const secrets = { AUTH_SECRET: 'a secret of at least 32 characters', SNAPSHOTS_URL: snapshots.url }
    const processes = await Promise.all([
      startService('api', { ...env, ...secrets }),
      startService('collab-server', env),
      startService('collab-server', env),
      snapshots,
    ])
    const [api, one, two] = processes
    try {
      const account = await signUp(api.url)
      const panel = await createFreeFormPanel(api.url, account)
      const live = { token: account.accessToken, document: `${account.workspaceId}/${panel}` }
      const a = await openLiveEditor({ url: one.url, ...live })
      const b = await openLiveEditor({ url: two.url, ...live })

      a.state.set('from a', 1)
      await b.whenState((state) => state.get('from a') === 1)
      await a.whenSaved()
      const patched = await requestJson(`${api.url}/api/state/${account.workspaceId}/${panel}`, {
        method: 'PATCH',
        token: account.accessToken,
        headers: { 'content-type': 'application/json-patch+json' },
        body: [
          { op: 'test', path: '/$state/from a', value: 1 },
          { op: 'add', path: '/$state/from a program', value: 2 },
        ],
      })
      expect(patched.status).toBe(200)
      await Promise.all(
        [a, b].map((editor) => editor.whenState((state) => state.get('from a program') === 2)),
      )

      const snapshot = await requestJson<{ gitCommitHash: string }>(
        `${api.url}/api/state/${account.workspaceId}/snapshot`,
        { method: 'POST', token: account.accessToken, body: {} },
      )
      expect(snapshot.status).toBe(201)
      const repository = join(gitDir, `${account.workspaceId}.git`)
      const shown = execFileSync('git', ['--git-dir', repository, 'show', snapshot.body.gitCommitHash], {
        encoding: 'utf8',
      })
      expect(shown).toContain('"from a program": 2')

      const { gitCommitHash: hash } = snapshot.body
      const told = await requestJson<CommitDiffView>(
        `${api.url}/api/workspaces/${account.workspaceId}/commits/${hash}/diff`,
        { token: account.accessToken },
      )
      const changed = told.body.files.find(
        ({ path }) => path.endsWith('/state.json') && path.includes(panel.slice(-8)),
      )
      expect([told.status, changed?.change]).toEqual([200, 'added'])
      expect(changed?.diff).toContain('+  "from a program": 2')
      const clone = join(gitDir, 'clone')
      const from = snapshots.url.replace('://', `://x:${account.accessToken}@`)
      execFileSync('git', ['clone', '-q', `${from}/git/${account.workspaceId}.git`, clone])
      expect(execFileSync('git', ['-C', clone, 'rev-parse', 'HEAD'], { encoding: 'utf8' }).trim()).toBe(hash)

      const archive = execFileSync('git', ['-C', clone, 'archive', '--format=zip', 'HEAD'])
      const authorization = `Bearer ${account.accessToken}`
      const imported = await fetch(`${api.url}/api/workspaces/import`, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/zip' },
        body: new Uint8Array(archive),
      })
      const { id } = (await imported.json()) as { id: string }
      const statesOf = async (workspaceId: string) => {
        const { body } = await requestJson<WorkspaceStateView>(
          `${api.url}/api/state/${workspaceId}/snapshot`,
          {
            token: account.accessToken,
          },
        )
        return Object.values(body.panels).map(({ version: _, ...state }) => state)
      }
      expect(await statesOf(id)).toEqual(await statesOf(account.workspaceId))
      a.close()
      b.close()
    } finally {
      const codes = await Promise.all(processes.map((running) => running.stop()))
      await redis.stop()
      expect(codes).toEqual([0, 0, 0, 0])
    }
  })
})
