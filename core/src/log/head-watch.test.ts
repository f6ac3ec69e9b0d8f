import { beforeEach, expect, test, vi } from 'vitest'
import { createMemoryFanout } from '../memory/memory-fanout.ts'
import { MemoryUpdateLog } from '../memory/memory-update-log.ts'
import { NexusError } from '../model/errors.ts'
import type { Fanout } from '../ports/fanout.ts'
import { someDocument, someUpdates } from '../testkit/builders.ts'
import { nextTurn } from '../testkit/gated-log.ts'
import { createManualSchedule } from '../testkit/manual-schedule.ts'
import type { DocumentName } from '../wire/document-name.ts'
import { followDocument } from './follow-document.ts'
import { createHeadWatch } from './head-watch.ts'

function createSetup() {
  const log = new MemoryUpdateLog()
  const heads = vi.spyOn(log, 'heads')
  let reportGap = (): void => undefined
  let isHealthy = true
  const fanout: Fanout = {
    ...createMemoryFanout(),
    isHealthy: () => isHealthy,
    onGap(listener) {
      reportGap = listener
      return () => undefined
    },
  }
  const time = createManualSchedule()
  const onError = vi.fn()
  const headWatch = createHeadWatch({ log, fanout, schedule: time.schedule, onError })
  const follow = (document: DocumentName) =>
    followDocument({ log, fanout, document, headWatch, schedule: time.schedule, apply: () => undefined })
  const cutFanout = () => {
    isHealthy = false
  }
  return { log, heads, time, onError, headWatch, follow, cutFanout, loseConnection: () => reportGap() }
}

let setup: ReturnType<typeof createSetup>
beforeEach(() => {
  setup = createSetup()
})

async function someFollower() {
  const created = someDocument()
  await setup.log.create([created])
  return setup.follow(created.document)
}

const appendSilently = (document: DocumentName) => setup.log.append([{ document, updates: someUpdates(1) }])

async function advance(ms: number): Promise<void> {
  setup.time.advance(ms)
  await nextTurn()
}

test('[HEA1] a change whose announcement was lost is found within the interval, with one query for all documents', async () => {
  const followers = [await someFollower(), await someFollower(), await someFollower()]
  await appendSilently(followers[1]?.document ?? raise())
  await advance(1_999)
  expect(setup.heads).not.toHaveBeenCalled()
  await advance(1)
  expect(followers.map(({ version }) => version)).toEqual([1, 2, 1])
  expect(setup.heads).toHaveBeenCalledTimes(1)
  await advance(2_000)
  expect(setup.heads).toHaveBeenCalledTimes(2)
  for (const follower of followers) follower.stop()
})

test('[HEA6] while the fan-out is away heads are compared every second', async () => {
  const follower = await someFollower()
  setup.cutFanout()
  await advance(2_000)
  for (const expected of [2, 3, 4]) {
    await appendSilently(follower.document)
    await advance(1_000)
    expect(follower.version).toBe(expected)
  }
  follower.stop()
})

test('[HEA7] one document that cannot be read does not leave the others behind', async () => {
  const [first, second] = [await someFollower(), await someFollower()]
  await appendSilently(first.document)
  await appendSilently(second.document)
  const readTail = setup.log.readTail.bind(setup.log)
  setup.log.readTail = async (document, range) => {
    if (document === first.document) throw new Error('The test has made this one unreadable.')
    return readTail(document, range)
  }
  await expect(setup.headWatch.check()).rejects.toThrow('unreadable')
  expect([first.version, second.version]).toEqual([1, 2])
  for (const follower of [first, second]) follower.stop()
})

test('[HEA8] a log that was put back to an earlier moment is noticed', async () => {
  const created = someDocument()
  await setup.log.create([created])
  await setup.log.append([{ document: created.document, updates: someUpdates(2) }])
  const cut: number[] = []
  const follower = await followDocument({
    log: setup.log,
    fanout: createMemoryFanout(),
    document: created.document,
    headWatch: setup.headWatch,
    apply: () => undefined,
    onLogCut: (head) => cut.push(head),
  })
  await setup.headWatch.check()
  expect(cut).toEqual([])
  setup.log.remove(created.document)
  await setup.log.create([created])
  await setup.headWatch.check()
  expect(cut).toEqual([1])
  follower.stop()
})

test('[HEA2] when messages may have been lost, heads are compared at once', async () => {
  const follower = await someFollower()
  await appendSilently(follower.document)
  setup.loseConnection()
  await advance(0)
  expect(follower.version).toBe(2)
  follower.stop()
})

test('[HEA3] without documents nothing is asked, and a stopped follower is not watched', async () => {
  const follower = await someFollower()
  follower.stop()
  setup.loseConnection()
  await advance(10_000)
  expect(setup.heads).not.toHaveBeenCalled()
  const again = await someFollower()
  await advance(2_000)
  expect(setup.heads).toHaveBeenCalledOnce()
  again.stop()
})

test('[HEA4] an outage is reported and the comparison goes on after it', async () => {
  const follower = await someFollower()
  await appendSilently(follower.document)
  setup.heads.mockRejectedValueOnce(new NexusError('unavailable', 'away'))
  await advance(2_000)
  expect(setup.onError).toHaveBeenCalledOnce()
  await advance(2_000)
  expect(follower.version).toBe(2)
  follower.stop()
})

test('[HEA5] after stop nothing is asked any more', async () => {
  const follower = await someFollower()
  setup.headWatch.stop()
  setup.loseConnection()
  await advance(10_000)
  expect(setup.heads).not.toHaveBeenCalled()
  expect(setup.time.pending).toEqual([])
  follower.stop()
})

function raise(): never {
  throw new Error('the test has no such follower')
}
