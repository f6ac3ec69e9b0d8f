import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createNodeId, createWorkspaceId } from '../model/ids.ts'
import type { Announcement, Fanout } from '../ports/fanout.ts'
import { describeFanout, someAnnouncement } from '../testkit/describe-fanout.ts'
import { type RunningRedisCluster, startRedisCluster } from '../testkit/start-redis-cluster.ts'
import { createRedisFanout } from './redis-fanout.ts'
import { slotOf } from './slots.ts'

let cluster: RunningRedisCluster
beforeAll(async () => {
  cluster = await startRedisCluster()
})
afterAll(() => cluster.stop())

const until = (check: () => void | Promise<void>): Promise<void> =>
  vi.waitFor(check, { timeout: 15_000, interval: 10 })

const whenHealthy = (...fanouts: Fanout[]): Promise<void> =>
  until(() => expect(fanouts.map((fanout) => fanout.isHealthy())).toEqual(fanouts.map(() => true)))

async function openPair() {
  const [here, there] = [0, 1].map(() => createRedisFanout({ url: cluster.url, nodeId: createNodeId() }))
  if (here === undefined || there === undefined) throw new Error('Two were asked for.')
  await whenHealthy(here, there)
  return { here, there, close: async () => void (await Promise.all([here.close(), there.close()])) }
}

describeFanout('Redis cluster, two processes', openPair)

const slotOfUpdates = ({ document }: Announcement): number => slotOf(`nexus:updates:{${document}}`)

/** One announcement for each server of the cluster, about a document of its shard. */
async function oneForEachServer(): Promise<Announcement[]> {
  const found = new Map<number, Announcement>()
  while (found.size < cluster.servers.length) {
    const announcement = someAnnouncement()
    const { port } = await cluster.ownerOf(slotOfUpdates(announcement))
    found.set(port, announcement)
  }
  return cluster.servers.map(({ port }) => found.get(port) ?? someAnnouncement())
}

test('[FAN19] names are hashed to slots as Redis does it', async () => {
  const names = ['nexus:updates:{0197a1b2/7e5f}', 'plain', '{}x', 'a{b}c{d}', 'é{ü}', '{']
  for (const name of names)
    expect(await cluster.servers[0]?.command('CLUSTER', 'KEYSLOT', name)).toBe(slotOf(name))
})

test("[FAN19] what is one document's stays on its shard", async () => {
  const { here, there, close } = await openPair()
  const announcement = someAnnouncement()
  await there.onAnnouncement(announcement.document, () => undefined)
  await there.onPresence(announcement.document, () => undefined)
  const owner = await cluster.ownerOf(slotOfUpdates(announcement))
  for (const server of cluster.servers) {
    const channels = await server.command('PUBSUB', 'SHARDCHANNELS', `*${announcement.document}*`)
    expect(channels).toHaveLength(server === owner ? 2 : 0)
    expect(await server.command('PUBSUB', 'CHANNELS', `*${announcement.document}*`)).toEqual([])
  }
  expect(here.isHealthy()).toBe(true)
  await close()
})

describe('a server of the cluster', () => {
  test('[FAN20] that is killed leaves the others at work; when it is back its channels are, too, and the gap is told', async () => {
    const { here, there, close } = await openPair()
    const announcements = await oneForEachServer()
    const heard = await Promise.all(
      announcements.map(async ({ document }) => {
        const listener = vi.fn()
        await there.onAnnouncement(document, listener)
        return listener
      }),
    )
    const [victim] = cluster.servers
    await victim?.kill()
    await until(() => expect([here.isHealthy(), there.isHealthy()]).toEqual([false, false]))
    for (const announcement of announcements) here.announce(announcement)
    await until(() => expect(heard.slice(1).map(({ mock }) => mock.calls.length)).toEqual([1, 1]))
    // Documents of the dead shard are opened meanwhile, and notices go another way.
    const [first = someAnnouncement()] = announcements
    await there.onPresence(first.document, () => undefined)
    const [workspaceId, noticed] = [createWorkspaceId(), vi.fn()]
    await there.onNotice(workspaceId, noticed)
    await until(() => {
      here.publishNotice({ type: 'workspace_changed', workspaceId })
      expect(noticed).toHaveBeenCalled()
    })
    const gap = vi.fn()
    there.onGap(gap)
    await victim?.restart()
    await whenHealthy(here, there)
    expect(gap).toHaveBeenCalled()
    here.announce(first)
    await until(() => expect(heard[0]).toHaveBeenCalledTimes(1))
    await close()
  })

  test('[FAN21] that gives a slot away takes its channels with it, and the gap is told', async () => {
    const { here, there, close } = await openPair()
    const announcement = someAnnouncement()
    const [heard, gap] = [vi.fn(), vi.fn()]
    await there.onAnnouncement(announcement.document, heard)
    there.onGap(gap)
    const slot = slotOfUpdates(announcement)
    const from = await cluster.ownerOf(slot)
    const to = cluster.servers.find((server) => server !== from)
    if (to === undefined) throw new Error('There are three.')
    await cluster.moveSlot(slot, to)
    await until(async () => {
      const channels = await to.command('PUBSUB', 'SHARDCHANNELS', `nexus:updates:*${announcement.document}*`)
      expect(channels).toHaveLength(1)
      expect(gap).toHaveBeenCalled()
    })
    await until(() => {
      here.announce(announcement)
      expect(heard).toHaveBeenCalled()
    })
    // Away and back at once, which leaves the owner as it was, and the subscription gone.
    await cluster.moveSlot(slot, from)
    await cluster.moveSlot(slot, to)
    heard.mockClear()
    await until(() => {
      here.announce(announcement)
      expect(heard).toHaveBeenCalled()
    })
    await close()
  })

  test('[FAN11] that hangs delays neither publishing nor opening for long, and is noticed', async () => {
    const { here, there, close } = await openPair()
    const [first = someAnnouncement()] = await oneForEachServer()
    const [victim] = cluster.servers
    if (victim === undefined) throw new Error('There are three.')
    process.kill(victim.pid, 'SIGSTOP')
    const startedAt = performance.now()
    here.announce(first)
    const heard = vi.fn()
    await there.onAnnouncement(first.document, heard)
    expect(performance.now() - startedAt).toBeLessThan(2_500)
    await until(() => expect(there.isHealthy()).toBe(false))
    process.kill(victim.pid, 'SIGCONT')
    await whenHealthy(here, there)
    here.announce(first)
    await until(() => expect(heard).toHaveBeenCalled())
    await close()
  })
})

test('[FAN9] while the cluster is away everything resolves at once, and this process still hears itself', async () => {
  const fanout = createRedisFanout({
    url: 'redis://127.0.0.1:1,127.0.0.1:2',
    nodeId: createNodeId(),
  })
  const announcement = someAnnouncement()
  const heard = vi.fn()
  await fanout.onAnnouncement(announcement.document, heard)
  fanout.announce(announcement)
  expect(heard).toHaveBeenCalledExactlyOnceWith(announcement)
  expect(fanout.isHealthy()).toBe(false)
  await fanout.close()
})
