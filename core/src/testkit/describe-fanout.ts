import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createNodeId, createWorkspaceId, type NodeId, toUserId } from '../model/ids.ts'
import { toVersion } from '../model/version.ts'
import type { Announcement, Fanout } from '../ports/fanout.ts'
import type { DocumentName } from '../wire/document-name.ts'
import type { Notice } from '../wire/notices.ts'
import { someDocument } from './builders.ts'

/** @param overrides - `document` names the one it is about. */
export function someAnnouncement(overrides: Partial<Announcement> = {}): Announcement {
  const fromVersion = overrides.fromVersion ?? toVersion(1)
  const updates = overrides.updates ?? [
    {
      update: Uint8Array.of(1, 2, 3),
      userId: toUserId('alice'),
      triggeredBy: 'ai' as const,
      triggerSource: 'tool:tidy',
    },
  ]
  return {
    document: someDocument().document,
    sender: createNodeId(),
    occurredAt: new Date(1_790_000_000_123),
    ...overrides,
    fromVersion,
    toVersion: toVersion(fromVersion + updates.length - 1),
    updates,
  }
}

interface OpenFanout {
  /** Two ends that hear each other; the same one twice where there is only one. */
  readonly here: Fanout
  readonly there: Fanout
  close(): Promise<void>
}

/** What every {@link Fanout} keeps to while nothing is lost. */
export function describeFanout(name: string, open: () => Promise<OpenFanout>): void {
  describe(`fan-out: ${name}`, () => {
    let fanout: OpenFanout
    beforeEach(async () => {
      fanout = await open()
    })
    afterEach(() => fanout.close())

    const heardBy = async (end: Fanout, document: DocumentName): Promise<Announcement[]> => {
      const heard: Announcement[] = []
      await end.onAnnouncement(document, (announcement) => heard.push(announcement))
      return heard
    }

    test('[FAN1] an announcement arrives as it was sent, once, also where it was sent', async () => {
      const announcement = someAnnouncement({
        updates: [
          { update: new Uint8Array(5_000).fill(7), userId: null, triggeredBy: 'system', triggerSource: null },
          { update: Uint8Array.of(9), userId: toUserId('bob'), triggeredBy: 'api', triggerSource: '' },
        ],
      })
      const here = await heardBy(fanout.here, announcement.document)
      const there = await heardBy(fanout.there, announcement.document)
      fanout.here.announce(announcement)
      fanout.here.announce(announcement)
      await vi.waitFor(() => expect([here.length, there.length]).toEqual([2, 2]))
      expect(here[0]).toEqual(announcement)
      expect(there[0]).toEqual(announcement)
    })

    test('[FAN2] announcements of a document arrive in their order and not at another document', async () => {
      const { document } = someDocument()
      const other = await heardBy(fanout.there, someDocument().document)
      const there = await heardBy(fanout.there, document)
      for (let version = 1; version <= 50; version += 1) {
        fanout.here.announce(someAnnouncement({ document, fromVersion: toVersion(version) }))
      }
      await vi.waitFor(() => expect(there).toHaveLength(50))
      expect(there.map(({ fromVersion }) => fromVersion)).toEqual(there.map((_, index) => index + 1))
      expect(other).toEqual([])
    })

    test('[FAN3] who has stopped listening hears nothing more; the others still do', async () => {
      const { document } = someDocument()
      const stopped = vi.fn()
      const stop = await fanout.there.onAnnouncement(document, stopped)
      const there = await heardBy(fanout.there, document)
      stop()
      stop()
      fanout.here.announce(someAnnouncement({ document }))
      await vi.waitFor(() => expect(there).toHaveLength(1))
      expect(stopped).not.toHaveBeenCalled()
    })

    test('[FAN3] who listens again hears again', async () => {
      const { document } = someDocument()
      const stop = await fanout.there.onAnnouncement(document, () => undefined)
      stop()
      const there = await heardBy(fanout.there, document)
      fanout.here.announce(someAnnouncement({ document }))
      await vi.waitFor(() => expect(there).toHaveLength(1))
    })

    test('[FAN4] presence arrives with its sender', async () => {
      const { document } = someDocument()
      const sender: NodeId = createNodeId()
      const heard = vi.fn()
      await fanout.there.onPresence(document, heard)
      fanout.here.publishPresence({ document, sender, awareness: Uint8Array.of(4, 5) })
      await vi.waitFor(() =>
        expect(heard).toHaveBeenCalledExactlyOnceWith({ document, sender, awareness: Uint8Array.of(4, 5) }),
      )
    })

    test('[FAN5] a notice reaches those of its workspace, and once those who hear all', async () => {
      const workspaceId = createWorkspaceId()
      const notices: Notice[] = [
        { type: 'member_changed', workspaceId, userId: toUserId('bob') },
        { type: 'panels_changed', workspaceId, panelId: someDocument().panelId ?? fail() },
        { type: 'snapshot_requested', workspaceId },
      ]
      const [one, other, all]: [Notice[], Notice[], Notice[]] = [[], [], []]
      await fanout.there.onNotice(workspaceId, (notice) => one.push(notice))
      await fanout.there.onNotice(createWorkspaceId(), (notice) => other.push(notice))
      await fanout.there.onAnyNotice((notice) => all.push(notice))
      for (const notice of notices) fanout.here.publishNotice(notice)
      await vi.waitFor(() => expect([one, all]).toEqual([notices, notices]))
      expect(other).toEqual([])
    })

    test('[FAN18] a pulse reaches everybody once, also where it was sent', async () => {
      const [here, there] = [vi.fn(), vi.fn()]
      await fanout.here.onPulse(here)
      await fanout.there.onPulse(there)
      const node = createNodeId()
      fanout.here.publishPulse({ node, state: 'alive' })
      fanout.here.publishPulse({ node, state: 'leaving' })
      await vi.waitFor(() => expect(there).toHaveBeenCalledTimes(2))
      for (const heard of [here, there])
        expect(heard.mock.calls).toEqual([[{ node, state: 'alive' }], [{ node, state: 'leaving' }]])
    })

    test('[FAN23] that a session or key has been ended reaches everybody once, also where it was ended', async () => {
      const [here, there] = [vi.fn(), vi.fn()]
      await fanout.here.onEnded(here)
      await fanout.there.onEnded(there)
      fanout.here.publishEnded('one')
      fanout.here.publishEnded('two')
      await vi.waitFor(() => expect(there).toHaveBeenCalledTimes(2))
      for (const heard of [here, there]) expect(heard.mock.calls).toEqual([['one'], ['two']])
    })

    test('[FAN6] a listener that throws disturbs neither the publisher nor the other listeners', async () => {
      const { document } = someDocument()
      await fanout.there.onAnnouncement(document, () => {
        throw new Error('a listener of the test throws')
      })
      const there = await heardBy(fanout.there, document)
      fanout.here.announce(someAnnouncement({ document }))
      await vi.waitFor(() => expect(there).toHaveLength(1))
    })

    test('[FAN7] while it works it says so, and once closed publishing does nothing', async () => {
      await vi.waitFor(() =>
        expect([fanout.here.isHealthy(), fanout.there.isHealthy()]).toEqual([true, true]),
      )
      const announcement = someAnnouncement()
      const there = await heardBy(fanout.there, announcement.document)
      await fanout.here.close()
      fanout.here.announce(announcement)
      fanout.here.publishNotice({ type: 'workspace_changed', workspaceId: createWorkspaceId() })
      expect(there).toEqual([])
    })
  })
}

function fail(): never {
  throw new Error('a panel document has a panel')
}
