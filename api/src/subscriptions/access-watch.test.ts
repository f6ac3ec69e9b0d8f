import { createPanelId, createWorkspaceId, type PanelId, toUserId, toVersion } from '@nexus/core'
import { createMemoryFanout } from '@nexus/core/memory'
import type { Access, DocumentAccess, VerifiedCaller } from '@nexus/core/server'
import { afterEach, expect, test, vi } from 'vitest'
import { createAccessWatch } from './access-watch.ts'

const ACCESS: DocumentAccess = {
  role: 'viewer',
  workspaceStatus: 'active',
  workspaceChangedAt: new Date(0),
  head: toVersion(1),
  updatedAt: new Date(0),
}
const workspaceId = createWorkspaceId()
const [one, two] = [createPanelId(), createPanelId()]
const callerNamed = (name: string): VerifiedCaller => ({
  userId: toUserId(name),
  name,
  sessionId: null,
  key: null,
  expiresAt: new Date(),
})
const [ann, ben] = [callerNamed('ann'), callerNamed('ben')]

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

/** Ann and Ben listen to two panels; `asked` is who was looked up since. */
async function someWatch() {
  const fanout = createMemoryFanout()
  const asked: string[] = []
  const panelAccess: Access['panelAccess'] = async ({ userId }, { panelId }) => {
    asked.push(`${userId} ${panelId === one ? 'one' : 'two'}`)
    return ACCESS
  }
  const watch = createAccessWatch({
    access: {
      workspaceAccess: async () => null,
      mayClone: async () => false,
      ownsDeleted: async () => false,
      panelAccess,
    },
    liveCredentials: { isLive: async () => true, markEnded: () => undefined, onEnded: () => () => undefined },
    fanout,
    onError: (error) => {
      throw error
    },
    intervalMs: 3_600_000,
  })
  closers.push(watch.close)
  const listen = (caller: VerifiedCaller, panelId: PanelId) =>
    watch.watch({ caller, workspaceId, panelId, onRefused: () => undefined })
  const stops = [listen(ann, one), listen(ann, two), listen(ben, one), listen(ben, two)]
  await vi.waitFor(() => expect(asked).toHaveLength(4))
  asked.length = 0
  return { fanout, asked, stops }
}

test('[SUB5] a notice has those looked up whom it concerns', async () => {
  const { fanout, asked } = await someWatch()
  fanout.publishNotice({ type: 'panels_changed', workspaceId, panelId: one })
  await vi.waitFor(() => expect(asked).toEqual(['ann one', 'ben one']))
  fanout.publishNotice({ type: 'member_changed', workspaceId, userId: ben.userId })
  await vi.waitFor(() => expect(asked.slice(2)).toEqual(['ben one', 'ben two']))
  fanout.publishNotice({ type: 'snapshot_created', workspaceId })
  fanout.publishNotice({ type: 'workspace_changed', workspaceId })
  await vi.waitFor(() => expect(asked.slice(4)).toEqual(['ann one', 'ann two', 'ben one', 'ben two']))
})

test('[SUB5] many notices at once are one look, and who has left is not looked up', async () => {
  const { fanout, asked, stops } = await someWatch()
  for (let times = 0; times < 100; times += 1)
    fanout.publishNotice({ type: 'workspace_changed', workspaceId })
  for (const stop of stops.slice(2)) stop()
  fanout.publishNotice({ type: 'workspace_changed', workspaceId })
  await vi.waitFor(() => expect(asked).toContain('ann two'))
  await new Promise((resolve) => setImmediate(resolve))
  expect(asked.filter((who) => who.startsWith('ben'))).toEqual([])
  expect(asked.length).toBeLessThanOrEqual(4)
})
