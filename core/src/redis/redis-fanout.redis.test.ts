import { describe, expect, inject, test, vi } from 'vitest'
import { createNodeId, createWorkspaceId } from '../model/ids.ts'
import { toVersion } from '../model/version.ts'
import { describeFanout, someAnnouncement } from '../testkit/describe-fanout.ts'
import { freePort } from '../testkit/free-port.ts'
import { startRedis } from '../testkit/start-redis.ts'
import { createRedisFanout } from './redis-fanout.ts'

const createFanout = (url = inject('redisUrl')) => createRedisFanout({ url, nodeId: createNodeId() })

const whenHealthy = (...fanouts: { isHealthy(): boolean }[]): Promise<void> =>
  vi.waitFor(() => expect(fanouts.every((fanout) => fanout.isHealthy())).toBe(true), { timeout: 10_000 })

describeFanout('Redis, two processes', async () => {
  const [here, there] = [createFanout(), createFanout()]
  // What is published before the connection stands is lost, as it may be.
  await whenHealthy(here, there)
  return { here, there, close: async () => void (await Promise.all([here.close(), there.close()])) }
})

describe('Redis away', () => {
  test('[FAN9] while Redis is away everything resolves at once, and this process still hears itself', async () => {
    const fanout = createFanout(`redis://127.0.0.1:${await freePort()}`)
    const announcement = someAnnouncement()
    const heard = vi.fn()
    const stop = await fanout.onAnnouncement(announcement.document, heard)
    fanout.announce(announcement)
    expect(heard).toHaveBeenCalledExactlyOnceWith(announcement)
    expect(fanout.isHealthy()).toBe(false)
    stop()
    await fanout.close()
  })

  test('[FAN10] when Redis is back, the gap is told and announcements arrive again', async () => {
    const port = await freePort()
    const first = await startRedis({ port })
    const [here, there] = [createFanout(first.url), createFanout(first.url)]
    await whenHealthy(here, there)
    const announcement = someAnnouncement()
    const [heard, gap] = [vi.fn(), vi.fn()]
    await there.onAnnouncement(announcement.document, heard)
    there.onGap(gap)
    await first.stop()
    await vi.waitFor(() => expect(there.isHealthy()).toBe(false))
    here.announce(announcement)
    const late = vi.fn()
    await there.onAnnouncement(someAnnouncement().document, late)
    const second = await startRedis({ port })
    await vi.waitFor(() => expect(gap).toHaveBeenCalled(), { timeout: 10_000 })
    await whenHealthy(here)
    here.announce({ ...announcement, fromVersion: toVersion(2), toVersion: toVersion(2) })
    await vi.waitFor(() => expect(heard).toHaveBeenCalledTimes(1))
    expect(heard.mock.calls[0]?.[0].fromVersion).toBe(2)
    await Promise.all([here.close(), there.close()])
    await second.stop()
  })

  test('[FAN11] a Redis that hangs delays neither publishing nor opening for long', async () => {
    const redis = await startRedis()
    const fanout = createFanout(redis.url)
    await whenHealthy(fanout)
    process.kill(redis.pid, 'SIGSTOP')
    fanout.announce(someAnnouncement())
    fanout.publishNotice({ type: 'workspace_changed', workspaceId: createWorkspaceId() })
    const startedAt = performance.now()
    const stop = await fanout.onAnnouncement(someAnnouncement().document, () => undefined)
    expect(performance.now() - startedAt).toBeLessThan(2_500)
    stop()
    process.kill(redis.pid, 'SIGCONT')
    await fanout.close()
    await redis.stop()
  })

  test('[FAN17] a Redis that hangs is noticed, and its channels are subscribed again afterwards', async () => {
    const redis = await startRedis()
    const [here, there] = [createFanout(redis.url), createFanout(redis.url)]
    await whenHealthy(here, there)
    const announcement = someAnnouncement()
    const [heard, gap] = [vi.fn(), vi.fn()]
    await there.onAnnouncement(announcement.document, heard)
    there.onGap(gap)
    process.kill(redis.pid, 'SIGSTOP')
    await vi.waitFor(() => expect([here.isHealthy(), there.isHealthy()]).toEqual([false, false]), {
      timeout: 8_000,
    })
    process.kill(redis.pid, 'SIGCONT')
    await whenHealthy(here, there)
    await vi.waitFor(() => expect(gap).toHaveBeenCalled())
    here.announce(announcement)
    await vi.waitFor(() => expect(heard).toHaveBeenCalledTimes(1))
    await Promise.all([here.close(), there.close()])
    await redis.stop()
  })
})
