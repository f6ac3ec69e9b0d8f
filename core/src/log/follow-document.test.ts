import { beforeEach, describe, expect, test, vi } from 'vitest'
import { createMemoryFanout } from '../memory/memory-fanout.ts'
import { MemoryUpdateLog } from '../memory/memory-update-log.ts'
import { NexusError } from '../model/errors.ts'
import { createNodeId } from '../model/ids.ts'
import { toVersion } from '../model/version.ts'
import type { Announcement } from '../ports/fanout.ts'
import type { UpdateLog } from '../ports/update-log.ts'
import { someDocument, someUpdates } from '../testkit/builders.ts'
import { nextTurn } from '../testkit/gated-log.ts'
import { createManualSchedule } from '../testkit/manual-schedule.ts'
import type { DocumentName } from '../wire/document-name.ts'
import { type FollowDocumentOptions, followDocument } from './follow-document.ts'

const GAP_WAIT_MS = 30

interface Setup {
  readonly log: MemoryUpdateLog
  readonly fanout: ReturnType<typeof createMemoryFanout>
  readonly time: ReturnType<typeof createManualSchedule>
  readonly document: DocumentName
  /** Appends one update without telling anybody. */
  append(count?: number): Promise<Announcement>
  /** Versions in the order they were applied. */
  readonly applied: number[]
  follow(overrides?: Partial<FollowDocumentOptions>): ReturnType<typeof followDocument>
}

async function createSetup(): Promise<Setup> {
  const log = new MemoryUpdateLog()
  const fanout = createMemoryFanout()
  const time = createManualSchedule()
  const created = someDocument()
  const { document } = created
  await log.create([created])
  const applied: number[] = []
  return {
    log,
    fanout,
    time,
    document,
    applied,
    async append(count = 1) {
      const updates = someUpdates(count)
      const [outcome] = await log.append([{ document, updates }])
      if (outcome?.state !== 'appended') throw new Error('not appended')
      return { document, sender: createNodeId(), updates, ...outcome }
    },
    follow: (overrides = {}) =>
      followDocument({
        log,
        fanout,
        document,
        schedule: time.schedule,
        gapWaitMs: GAP_WAIT_MS,
        apply: (updates) => applied.push(...updates.map(({ version }) => version)),
        ...overrides,
      }),
  }
}

let setup: Setup
beforeEach(async () => {
  setup = await createSetup()
})

/** `log` with some of its methods replaced. */
function logWith(log: MemoryUpdateLog, methods: Partial<UpdateLog>): UpdateLog {
  return {
    create: (documents) => log.create(documents),
    append: (batch) => log.append(batch),
    appendAll: (batch) => log.appendAll(batch),
    heads: (documents) => log.heads(documents),
    read: (document, version) => log.read(document, version),
    readTail: (document, range) => log.readTail(document, range),
    versionAt: (document, at) => log.versionAt(document, at),
    tailSize: (document) => log.tailSize(document),
    saveCheckpoint: (document, checkpoint) => log.saveCheckpoint(document, checkpoint),
    ...methods,
  }
}

describe('opening', () => {
  test('[FOL1] what commits while the document is being read is in the record or applied, never lost', async () => {
    const { log, fanout } = setup
    const slow = logWith(log, {
      read: async (document: DocumentName) => {
        const record = await log.read(document)
        fanout.announce(await setup.append())
        return record
      },
    })
    const follower = await setup.follow({ log: slow })
    expect(follower.record.version).toBe(1)
    expect(setup.applied).toEqual([])
    await nextTurn()
    expect(setup.applied).toEqual([2])
    expect(follower.version).toBe(2)
    follower.stop()
  })

  test('[FOL2] nothing is applied in the turn in which opening resolves', async () => {
    const follower = await setup.follow()
    setup.fanout.announce(await setup.append())
    await Promise.resolve()
    expect(setup.applied).toEqual([])
    await nextTurn()
    expect(setup.applied).toEqual([2])
    follower.stop()
  })

  test('[FOL3] a missing document is not_found, and an unreadable log unavailable; nothing stays subscribed', async () => {
    const stop = vi.fn()
    const fanout = { ...setup.fanout, onAnnouncement: async () => stop }
    const unknown = someDocument().document
    await expect(setup.follow({ fanout, document: unknown })).rejects.toMatchObject({ code: 'not_found' })
    const broken = logWith(setup.log, {
      read: () => Promise.reject(new NexusError('unavailable', 'away')),
    })
    await expect(setup.follow({ fanout, log: broken })).rejects.toMatchObject({ code: 'unavailable' })
    expect(stop).toHaveBeenCalledTimes(2)
  })
})

describe('following', () => {
  async function open(overrides: Partial<FollowDocumentOptions> = {}) {
    const follower = await setup.follow(overrides)
    await nextTurn()
    return follower
  }

  test('[FOL4] an announced update is applied once, also when the announcement comes twice', async () => {
    const follower = await open()
    const announcement = await setup.append(2)
    setup.fanout.announce(announcement)
    setup.fanout.announce(announcement)
    expect(setup.applied).toEqual([2, 3])
    expect(follower.version).toBe(3)
    follower.stop()
  })

  test('[FOL18] an announcement from far beyond is not believed: the log is read', async () => {
    const follower = await open()
    const announcement = await setup.append(1)
    const far = toVersion(Number.MAX_SAFE_INTEGER - 1)
    setup.fanout.announce({ ...announcement, fromVersion: far, toVersion: far })
    await nextTurn()
    expect([setup.applied, follower.version]).toEqual([[2], 2])
    follower.stop()
  })

  test('[FOL5] out of order: applied at once, and once; the version stays below the hole', async () => {
    const follower = await open()
    const [second, third, fourth] = [await setup.append(), await setup.append(), await setup.append()]
    setup.fanout.announce(fourth)
    setup.fanout.announce(third)
    expect([setup.applied, follower.version]).toEqual([[4, 3], 1])
    setup.fanout.announce(second)
    expect([setup.applied, follower.version]).toEqual([[4, 3, 2], 4])
    follower.stop()
  })

  test('[FOL6] a hole that stays is filled from the log after the wait, and not before', async () => {
    const follower = await open()
    await setup.append()
    setup.fanout.announce(await setup.append())
    setup.time.advance(GAP_WAIT_MS - 1)
    await nextTurn()
    expect([setup.applied, follower.version]).toEqual([[3], 1])
    setup.time.advance(1)
    await nextTurn()
    expect([setup.applied, follower.version]).toEqual([[3, 2], 3])
    follower.stop()
  })

  test('[FOL7] a hole that closes by itself is not read from the log', async () => {
    const readTail = vi.spyOn(setup.log, 'readTail')
    const follower = await open()
    const [second, third] = [await setup.append(), await setup.append()]
    setup.fanout.announce(third)
    setup.fanout.announce(second)
    setup.time.advance(1_000)
    await nextTurn()
    expect(readTail).not.toHaveBeenCalled()
    follower.stop()
  })

  test('[FOL8] while the log cannot be read the hole is tried again every second', async () => {
    const readTail = vi.spyOn(setup.log, 'readTail').mockRejectedValue(new NexusError('unavailable', 'away'))
    const onError = vi.fn()
    const follower = await open({ onError })
    await setup.append()
    setup.fanout.announce(await setup.append())
    setup.time.advance(GAP_WAIT_MS)
    await nextTurn()
    setup.time.advance(1_000)
    await nextTurn()
    expect(onError).toHaveBeenCalledTimes(2)
    readTail.mockRestore()
    setup.time.advance(1_000)
    await nextTurn()
    expect(follower.version).toBe(3)
    follower.stop()
  })

  test('[FOL9] own appends are noted, not applied; a hole before them is filled', async () => {
    const follower = await open()
    const own = await setup.append()
    follower.noteOwn(own.fromVersion, own.toVersion)
    setup.fanout.announce(own)
    expect([setup.applied, follower.version]).toEqual([[], 2])
    await setup.append()
    const later = await setup.append()
    follower.noteOwn(later.fromVersion, later.toVersion)
    setup.time.advance(GAP_WAIT_MS)
    await nextTurn()
    expect([setup.applied, follower.version]).toEqual([[3], 4])
    follower.stop()
  })

  test('[FOL10] catchUp applies everything committed before the call, also when a read is already under way', async () => {
    const answers: (() => void)[] = []
    const slow = logWith(setup.log, {
      async readTail(...args: Parameters<UpdateLog['readTail']>) {
        const entries = await setup.log.readTail(...args)
        await new Promise<void>((resolve) => answers.push(resolve))
        return entries
      },
    })
    const follower = await open({ log: slow })
    await setup.append()
    void follower.catchUp()
    await nextTurn()
    await setup.append()
    const second = follower.catchUp()
    const third = follower.catchUp()
    answers[0]?.()
    await nextTurn()
    expect(setup.applied).toEqual([2])
    answers[1]?.()
    await Promise.all([second, third])
    expect([setup.applied, answers.length]).toEqual([[2, 3], 2])
    follower.stop()
  })

  test('[FOL10] catchUp reads a tail of several pages to its end', async () => {
    const follower = await open()
    await setup.append(2_500)
    await follower.catchUp()
    expect(follower.version).toBe(2_501)
    expect(setup.applied).toHaveLength(2_500)
    follower.stop()
  })

  test('[FOL11] after stop nothing is applied, not even what is being read', async () => {
    const follower = await open()
    await setup.append()
    setup.fanout.announce(await setup.append())
    const reading = follower.catchUp()
    follower.stop()
    await reading
    setup.fanout.announce(await setup.append())
    expect(setup.applied).toEqual([3])
    expect(setup.time.pending).toEqual([])
  })

  test('[FOL12] an apply that throws is reported, and the updates are still missing afterwards', async () => {
    const onError = vi.fn()
    const apply = vi.fn().mockImplementationOnce(() => {
      throw new Error('cannot apply')
    })
    const follower = await open({ onError, apply })
    setup.fanout.announce(await setup.append())
    expect(onError).toHaveBeenCalledOnce()
    expect(follower.version).toBe(1)
    await follower.catchUp()
    expect([apply.mock.calls.length, follower.version]).toEqual([2, 2])
    follower.stop()
  })

  test('[FOL13] in the order of versions: a later update waits for those before it', async () => {
    const follower = await open({ order: 'version' })
    const [second, third, fourth] = [await setup.append(), await setup.append(2), await setup.append()]
    setup.fanout.announce(fourth)
    setup.fanout.announce(third)
    expect([setup.applied, follower.version]).toEqual([[], 1])
    setup.fanout.announce(second)
    expect([setup.applied, follower.version]).toEqual([[2, 3, 4, 5], 5])
    follower.stop()
  })

  test('[FOL13] in the order of versions: a hole that stays is filled from the log, and each update applied once', async () => {
    const follower = await open({ order: 'version' })
    await setup.append()
    setup.fanout.announce(await setup.append())
    const own = await setup.append()
    follower.noteOwn(own.fromVersion, own.toVersion)
    setup.time.advance(GAP_WAIT_MS)
    await nextTurn()
    expect([setup.applied, follower.version]).toEqual([[2, 3], 4])
    follower.stop()
  })
})
