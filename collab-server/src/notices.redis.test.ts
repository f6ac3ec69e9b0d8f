import type { HocuspocusProvider } from '@hocuspocus/provider'
import { createNodeId, type Fanout, type Notice, toUserId } from '@nexus/core'
import { createMemoryFanout } from '@nexus/core/memory'
import { createRedisFanout } from '@nexus/core/redis'
import { afterEach, describe, expect, inject, test } from 'vitest'
import { isSaved, stateOf } from './testkit/test-node.ts'
import { until, withNodes } from './testkit/with-nodes.ts'

const nodes = withNodes()
const fanouts: Fanout[] = []
afterEach(async () => {
  for (const fanout of fanouts.splice(0)) await fanout.close()
})

async function openFanout(): Promise<Fanout> {
  const fanout = createRedisFanout({ url: inject('redisUrl'), nodeId: createNodeId() })
  fanouts.push(fanout)
  await until(() => fanout.isHealthy())
  return fanout
}

/** What a provider was told, besides its edits. */
function toldTo(provider: HocuspocusProvider): { type: string }[] {
  const told: { type: string }[] = []
  provider.on('stateless', ({ payload }: { payload: string }) => told.push(JSON.parse(payload)))
  return told
}

function closingsOf(provider: HocuspocusProvider): string[] {
  const reasons: string[] = []
  provider.on('close', ({ event }: { event: { reason: string } }) => reasons.push(event.reason))
  return reasons
}

/** Alice on one server, Bob on another, in one panel; the API is a third process. */
async function apart() {
  const panel = await nodes.panel()
  const [here, there, api] = [await openFanout(), await openFanout(), await openFanout()]
  const [one, two] = [await nodes.start({ fanout: here }), await nodes.start({ fanout: there })]
  const alice = nodes.tab(one, 'alice').open(panel.document)
  const bobTab = nodes.tab(two, 'bob')
  const bob = bobTab.open(panel.document)
  await until(() => isSaved(alice) && isSaved(bob))
  // Notices are heard from when a server has somebody in the workspace, which is told to nobody.
  const warmUp = toldTo(alice)
  const bobs = toldTo(bob)
  await until(() => {
    api.publishNotice({ type: 'snapshot_created', workspaceId: panel.workspaceId })
    return warmUp.length > 0 && bobs.length > 0
  })
  return { ...panel, api, one, two, alice, bob, bobTab }
}

const ofBob = (workspaceId: string) => (query: ReturnType<typeof nodes.db.deleteFrom<'workspace_members'>>) =>
  query.where('workspace_id', '=', workspaceId as never).where('user_id', '=', toUserId('bob'))

describe('what happens to a workspace', () => {
  test('[COL31] reaches every socket of it on every server, once, whatever it has open', async () => {
    const { workspaceId, panelId, document, api, one, two, alice, bobTab, bob } = await apart()
    const other = await nodes.panel()
    const stranger = nodes.tab(one, 'alice').open(other.document)
    // A studio: the workspace's own document, and panels.
    const studio = nodes.tab(two, 'alice')
    const [workspace, panel] = [studio.open(workspaceId), studio.open(document)]
    const bobsWorkspace = bobTab.open(workspaceId)
    await until(() => [stranger, workspace, panel, bobsWorkspace].every(isSaved))
    const told = [alice, workspace, bobsWorkspace].map(toldTo)
    const quiet = [stranger, panel, bob].map(toldTo)
    const notices: Notice[] = [
      { type: 'panels_changed', workspaceId, panelId },
      { type: 'member_changed', workspaceId, userId: toUserId('carol') },
      { type: 'snapshot_requested', workspaceId },
      { type: 'workspace_changed', workspaceId },
    ]
    for (const notice of notices) api.publishNotice(notice)
    const last = ({ type }: { type: string }) => type === 'workspace_changed'
    await until(() => told.every((some) => some.some(last)))
    for (const some of told) {
      const news = some.filter(({ type }) => type !== 'snapshot_created')
      expect(news).toEqual(notices.filter(({ type }) => type !== 'snapshot_requested'))
    }
    for (const some of quiet) expect(some.filter(({ type }) => type !== 'snapshot_created')).toEqual([])
  })

  test('[COL34] a removed member is let go on another server within two seconds', async () => {
    const { workspaceId, api, alice, bob } = await apart()
    const closings = closingsOf(bob)
    await ofBob(workspaceId)(nodes.db.deleteFrom('workspace_members')).execute()
    const removedAt = performance.now()
    api.publishNotice({ type: 'member_changed', workspaceId, userId: toUserId('bob') })
    await until(() => closings.includes('forbidden'))
    expect(performance.now() - removedAt).toBeLessThan(2_000)
    stateOf(alice).set('title', 'Plan')
    await until(() => isSaved(alice))
    expect(stateOf(bob).get('title')).toBeUndefined()
  })

  test('[COL34] an archived workspace is read-only on every server at once', async () => {
    const { workspaceId, api, alice, bob } = await apart()
    const told = [alice, bob].map(toldTo)
    await nodes.db
      .updateTable('workspaces')
      .set({ status: 'archived', updated_at: new Date() })
      .where('id', '=', workspaceId)
      .execute()
    api.publishNotice({ type: 'workspace_changed', workspaceId })
    const downgrade = { type: 'access_changed', readOnly: true }
    await until(() => told.every((some) => some.some(({ type }) => type === 'access_changed')))
    for (const some of told) expect(some).toContainEqual(downgrade)
  })

  test('[COL34] a member who becomes a reader is one at once on another server', async () => {
    const { workspaceId, api, bob, document } = await apart()
    const told = toldTo(bob)
    await nodes.db
      .updateTable('workspace_members')
      .set({ role: 'viewer' })
      .where('workspace_id', '=', workspaceId)
      .where('user_id', '=', toUserId('bob'))
      .execute()
    api.publishNotice({ type: 'member_changed', workspaceId, userId: toUserId('bob') })
    await until(() => told.some(({ type }) => type === 'access_changed'))
    const before = await nodes.entriesOf(document)
    stateOf(bob).set('mine', 'now')
    await until(() => bob.hasUnsyncedChanges)
    expect(await nodes.entriesOf(document)).toEqual(before)
  })

  test.each([['panel_deleted'], ['workspace_deleted']] as const)(
    '[COL34] %s closes its documents on every server, and says why',
    async (type) => {
      const { workspaceId, panelId, api, one, two, alice, bob } = await apart()
      const [closings, told] = [[alice, bob].map(closingsOf), [alice, bob].map(toldTo)]
      api.publishNotice(type === 'panel_deleted' ? { type, workspaceId, panelId } : { type, workspaceId })
      await until(() => closings.every((reasons) => reasons.includes('not_found')))
      for (const some of told) expect(some.filter((notice) => notice.type === type)).toHaveLength(1)
      await until(() => one.server.counts().documents + two.server.counts().documents === 0)
    },
  )
})

test('[COL35] a change whose notice was lost is told when rights are asked again, and a heard one only once', async () => {
  const { workspaceId, panelId, document } = await nodes.panel()
  const fanout = createMemoryFanout()
  const gapListeners: (() => void)[] = []
  const onGap = (listener: () => void) => {
    gapListeners.push(listener)
    return () => undefined
  }
  const node = await nodes.start({ fanout: { ...fanout, onGap } })
  const alice = nodes.tab(node, 'alice').open(document)
  await until(() => isSaved(alice))
  const told = toldTo(alice)
  const touch = () =>
    nodes.db.updateTable('workspaces').set({ updated_at: new Date() }).where('id', '=', workspaceId).execute()
  /** Asks again, and waits until that has been answered. */
  const check = async (role: 'viewer' | 'editor') => {
    await nodes.db
      .updateTable('workspace_members')
      .set({ role })
      .where('workspace_id', '=', workspaceId)
      .where('user_id', '=', toUserId('alice'))
      .execute()
    const before = told.length
    for (const listener of gapListeners) listener()
    await until(() => told.slice(before).some(({ type }) => type === 'access_changed'))
  }
  await touch()
  await check('viewer')
  await touch()
  fanout.publishNotice({ type: 'panels_changed', workspaceId, panelId })
  await check('editor')
  await check('viewer')
  expect(told.map(({ type }) => type)).toEqual([
    'access_changed',
    'workspace_changed',
    'panels_changed',
    'access_changed',
    'access_changed',
  ])
})
