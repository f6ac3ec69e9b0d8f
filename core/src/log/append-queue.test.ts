import { beforeEach, describe, expect, test, vi } from 'vitest'
import * as Y from 'yjs'
import { createMemoryFanout } from '../memory/memory-fanout.ts'
import { MemoryUpdateLog } from '../memory/memory-update-log.ts'
import { createNodeId } from '../model/ids.ts'
import { toVersion, type Version } from '../model/version.ts'
import type { Announcement } from '../ports/fanout.ts'
import type { AppendEntry } from '../ports/update-log.ts'
import { someDocument, someUpdate, someUpdates } from '../testkit/builders.ts'
import { createGatedLog, nextTurn } from '../testkit/gated-log.ts'
import { createManualSchedule } from '../testkit/manual-schedule.ts'
import type { DocumentName } from '../wire/document-name.ts'
import { type AppendQueueOptions, createAppendQueue } from './append-queue.ts'

const NODE = createNodeId()

function createSetup(overrides: Partial<AppendQueueOptions> = {}) {
  const memory = new MemoryUpdateLog()
  const log = createGatedLog(memory)
  const fanout = createMemoryFanout()
  const time = createManualSchedule()
  const onError = vi.fn()
  const queue = createAppendQueue({
    log,
    fanout,
    nodeId: NODE,
    schedule: time.schedule,
    random: () => 0.5,
    onError,
    ...overrides,
  })
  return { memory, log, fanout, time, onError, queue }
}

let setup: ReturnType<typeof createSetup>
beforeEach(() => {
  setup = createSetup()
})

async function someLog(): Promise<DocumentName> {
  const created = someDocument()
  await setup.log.create([created])
  return created.document
}

const entryOf = (document: DocumentName, count = 1): AppendEntry => ({
  document,
  updates: someUpdates(count),
})

async function announcementsOf(document: DocumentName): Promise<Announcement[]> {
  const heard: Announcement[] = []
  await setup.fanout.onAnnouncement(document, (announcement) => heard.push(announcement))
  return heard
}

const updatesIn = async (document: DocumentName): Promise<Uint8Array[]> =>
  (await setup.log.readTail(document, { after: toVersion(1) })).map(({ update }) => update)

describe('group commit', () => {
  test('[QUE1] nobody is told before the commit', async () => {
    const document = await someLog()
    const heard = await announcementsOf(document)
    const saved = vi.fn()
    setup.log.hold()
    void setup.queue.append(entryOf(document)).then(saved)
    await nextTurn()
    expect(setup.log.batches).toHaveLength(1)
    expect(saved).not.toHaveBeenCalled()
    expect(heard).toEqual([])
    await setup.log.let('commit')
    expect(saved).toHaveBeenCalledWith(
      expect.objectContaining({ state: 'appended', fromVersion: 2, toVersion: 2 }),
    )
    expect(heard).toHaveLength(1)
  })

  test('[QUE2] what is handed over in one turn, or while a commit is under way, shares the next commit', async () => {
    const documents = await Promise.all([someLog(), someLog(), someLog()])
    setup.log.hold()
    for (const document of documents) void setup.queue.append(entryOf(document))
    await nextTurn()
    for (const document of documents) void setup.queue.append(entryOf(document))
    for (const document of documents) void setup.queue.append(entryOf(document))
    setup.log.release()
    await setup.queue.idle()
    expect(setup.log.batches.map((batch) => batch.map(({ updates }) => updates.length))).toEqual([
      [1, 1, 1],
      [2, 2, 2],
    ])
  })

  test('[QUE3] each who handed over is told the versions of its own updates', async () => {
    const document = await someLog()
    const outcomes = await Promise.all([
      setup.queue.append(entryOf(document, 2)),
      setup.queue.append(entryOf(document, 1)),
      setup.queue.append(entryOf(document, 3)),
    ])
    expect(setup.log.batches).toHaveLength(1)
    expect(outcomes).toMatchObject([
      { fromVersion: 2, toVersion: 3 },
      { fromVersion: 4, toVersion: 4 },
      { fromVersion: 5, toVersion: 7 },
    ])
  })

  test('[QUE4] updates of a document are appended, and told, in the order they were handed over', async () => {
    setup = createSetup({ limits: { maxUpdates: 3, maxBytes: 1_000_000 } })
    const document = await someLog()
    const entries = Array.from({ length: 20 }, () => entryOf(document))
    const told: number[] = []
    await Promise.all(
      entries.map((entry, index) => setup.queue.append(entry).then(() => void told.push(index))),
    )
    expect(told).toEqual(entries.map((_, index) => index))
    expect(await updatesIn(document)).toEqual(entries.map(({ updates }) => updates[0]?.update))
  })

  test('[QUE5] a batch keeps to its limits, but an entry above them still goes', async () => {
    setup = createSetup({ limits: { maxUpdates: 4, maxBytes: 100 } })
    const documents = await Promise.all([someLog(), someLog(), someLog()])
    const large = someUpdate({ update: new Uint8Array(500) })
    for (const document of documents) void setup.queue.append(entryOf(document, 2))
    void setup.queue.append({ document: documents[0] ?? raise(), updates: [large] })
    await setup.queue.idle()
    const sizes = setup.log.batches.map((batch) => batch.flatMap(({ updates }) => updates).length)
    expect(sizes.reduce((sum, size) => sum + size)).toBe(7)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(4)
  })

  test('[QUE6] one busy document does not keep the others waiting', async () => {
    setup = createSetup({ limits: { maxUpdates: 10, maxBytes: 1_000_000 } })
    const [busy, quiet] = await Promise.all([someLog(), someLog()])
    for (let count = 0; count < 100; count += 1) void setup.queue.append(entryOf(busy))
    const saved = setup.queue.append(entryOf(quiet))
    await saved
    expect(setup.log.batches.length).toBeLessThanOrEqual(3)
    await setup.queue.idle()
  })

  test('[QUE7] after the commit a document is announced once per batch, with who, why and which versions', async () => {
    const document = await someLog()
    const heard = await announcementsOf(document)
    const updates = [someUpdate({ triggerSource: 'tool:tidy', triggeredBy: 'ai' }), someUpdate()]
    await Promise.all(updates.map((update) => setup.queue.append({ document, updates: [update] })))
    await nextTurn()
    expect(heard).toHaveLength(1)
    expect(heard[0]).toMatchObject({
      document,
      sender: NODE,
      fromVersion: 2,
      toVersion: 3,
      updates: updates.map(({ update, userId, triggeredBy, triggerSource }) => ({
        update,
        userId,
        triggeredBy,
        triggerSource,
      })),
    })
  })

  test('[QUE8] who waits for the outcome goes on before the announcement is heard', async () => {
    const document = await someLog()
    const events: string[] = []
    await setup.fanout.onAnnouncement(document, () => events.push('heard'))
    await (async () => {
      await (async () => await setup.queue.append(entryOf(document)))()
      events.push('told')
    })()
    await nextTurn()
    expect(events).toEqual(['told', 'heard'])
  })
})

describe('many batches', () => {
  test('[QUE24] begin no faster than they may; an entry that comes alone does not wait', async () => {
    setup = createSetup({ batchGapMs: (entryCount) => entryCount * 60_000 })
    const document = await someLog()
    expect(await setup.queue.append(entryOf(document))).toMatchObject({ state: 'appended' })
    const saved = [setup.queue.append(entryOf(document)), setup.queue.append(entryOf(document))]
    await nextTurn()
    expect(setup.log.batches).toHaveLength(1)
    expect(setup.time.pending).toHaveLength(1)
    setup.time.advance(60_000)
    expect(await Promise.all(saved)).toMatchObject([{ fromVersion: 3 }, { fromVersion: 4 }])
    expect(setup.log.batches).toHaveLength(2)
  })

  test('[QUE27] an edit that may wait shares the commit of those that come within its time', async () => {
    const document = await someLog()
    const saved = [setup.queue.append(entryOf(document), { withinMs: 60_000 })]
    await nextTurn()
    saved.push(setup.queue.append(entryOf(document), { withinMs: 90_000 }))
    await nextTurn()
    expect(setup.log.batches).toHaveLength(0)
    expect(setup.time.pending).toHaveLength(1)
    setup.time.advance(60_000)
    expect(await Promise.all(saved)).toMatchObject([{ fromVersion: 2 }, { fromVersion: 3 }])
    expect(setup.log.batches).toHaveLength(1)
  })

  test('[QUE27] one that may not wait does not, and takes along what does', async () => {
    const [patient, urgent] = [await someLog(), await someLog()]
    const saved = [setup.queue.append(entryOf(patient), { withinMs: 60_000 })]
    await nextTurn()
    saved.push(setup.queue.append(entryOf(urgent)))
    expect(await Promise.all(saved)).toMatchObject([{ fromVersion: 2 }, { fromVersion: 2 }])
    expect(setup.log.batches).toHaveLength(1)
    // Nothing is left of the waiting: what comes next is not held up.
    expect(setup.time.pending).toEqual([])
    expect(await setup.queue.append(entryOf(patient))).toMatchObject({ fromVersion: 3 })
  })

  test('[QUE27] nor does one that may wait end a pause that others have to keep', async () => {
    setup = createSetup({ batchGapMs: () => 60_000 })
    const document = await someLog()
    await setup.queue.append(entryOf(document))
    const saved = [
      setup.queue.append(entryOf(document)),
      setup.queue.append(entryOf(document), { withinMs: 5 }),
    ]
    await nextTurn()
    expect(setup.log.batches).toHaveLength(1)
    setup.time.advance(60_000)
    await Promise.all(saved)
    expect(setup.log.batches).toHaveLength(2)
  })
})

describe('entries with a receipt', () => {
  test('[QUE28] stand alone among their neighbours, are announced once, and are told when they were there before', async () => {
    const document = await someLog()
    const heard = await announcementsOf(document)
    const receipt = { id: 'r', fingerprint: 'f' }
    const saved = await Promise.all([
      setup.queue.append(entryOf(document)),
      setup.queue.appendOnce({ ...entryOf(document), receipt }),
      setup.queue.appendOnce({ ...entryOf(document), receipt }),
      setup.queue.append(entryOf(document)),
    ])
    expect(saved).toMatchObject([
      { state: 'appended', toVersion: 2 },
      { state: 'appended', toVersion: 3 },
      { state: 'repeated' },
      { state: 'appended', toVersion: 4 },
    ])
    await nextTurn()
    expect(heard.map(({ fromVersion, toVersion }) => [fromVersion, toVersion])).toEqual([
      [2, 2],
      [3, 3],
      [4, 4],
    ])
  })
})

describe('strict entries', () => {
  const strict = (document: DocumentName, version: number): AppendEntry => ({
    ...entryOf(document),
    expectedVersion: toVersion(version) as Version,
  })

  test('[QUE9] a strict entry is never merged with its neighbours, and keeps its place among them', async () => {
    const document = await someLog()
    setup.log.hold()
    const outcomes = Promise.all([
      setup.queue.append(entryOf(document)),
      setup.queue.appendOnce(strict(document, 2)),
      setup.queue.appendOnce(strict(document, 3)),
      setup.queue.append(entryOf(document)),
      setup.queue.append(entryOf(document)),
    ])
    await nextTurn()
    setup.log.release()
    expect(await outcomes).toMatchObject([
      { fromVersion: 2 },
      { fromVersion: 3 },
      { fromVersion: 4 },
      { fromVersion: 5 },
      { fromVersion: 6 },
    ])
    expect(setup.log.batches.map(([entry]) => [entry?.updates.length, entry?.expectedVersion])).toEqual([
      [1, undefined],
      [1, 2],
      [1, 3],
      [2, undefined],
    ])
  })

  test('[QUE10] a conflict or a missing document is an outcome, and is not announced', async () => {
    const document = await someLog()
    const heard = await announcementsOf(document)
    const outcomes = await Promise.all([
      setup.queue.appendOnce(strict(document, 7)),
      setup.queue.append(entryOf(someDocument().document)),
    ])
    expect(outcomes).toEqual([{ state: 'conflict', currentVersion: 1 }, { state: 'missing' }])
    await nextTurn()
    expect(heard).toEqual([])
  })
})

describe('the database away', () => {
  test('[QUE11] live edits are kept, tried again after 50 ms doubling to 2 s, and committed when it is back', async () => {
    const document = await someLog()
    const saved = vi.fn()
    setup.log.hold()
    const entry = entryOf(document)
    void setup.queue.append(entry).then(saved)
    await nextTurn()
    const pauses: number[] = []
    for (let attempt = 0; attempt < 8; attempt += 1) {
      await setup.log.let('unavailable')
      pauses.push(setup.time.pending[0] ?? Number.NaN)
      setup.time.advance(2_000)
      await nextTurn()
    }
    expect(pauses).toEqual([50, 100, 200, 400, 800, 1_600, 2_000, 2_000])
    expect(saved).not.toHaveBeenCalled()
    expect([setup.queue.isStalled, setup.queue.waitingBytes]).toEqual([true, entry.updates[0]?.update.length])
    await setup.log.let('commit')
    expect(saved).toHaveBeenCalledOnce()
    expect([setup.queue.isStalled, setup.queue.waitingBytes]).toEqual([false, 0])
    expect(setup.onError).toHaveBeenCalledOnce()
  })

  test('[QUE12] edits made during the outage follow those before it, in order', async () => {
    const document = await someLog()
    const [first, second, third] = [entryOf(document), entryOf(document), entryOf(document)]
    setup.log.hold()
    void setup.queue.append(first)
    await nextTurn()
    void setup.queue.append(second)
    await setup.log.let('unavailable')
    void setup.queue.append(third)
    setup.log.release()
    setup.time.advance(2_000)
    await setup.queue.idle()
    expect(await updatesIn(document)).toEqual([first, second, third].map(({ updates }) => updates[0]?.update))
  })

  test('[QUE13] an entry that must not be retried rejects at the first failure and is never appended', async () => {
    const [document, other] = await Promise.all([someLog(), someLog()])
    setup.log.hold()
    const live = setup.queue.append(entryOf(document))
    await nextTurn()
    const refused = expect(setup.queue.appendOnce(entryOf(document))).rejects.toMatchObject({
      code: 'unavailable',
    })
    const alsoRefused = expect(setup.queue.appendOnce(entryOf(other))).rejects.toMatchObject({
      code: 'unavailable',
    })
    await setup.log.let('unavailable')
    await Promise.all([refused, alsoRefused])
    setup.log.release()
    setup.time.advance(2_000)
    expect(await live).toMatchObject({ state: 'appended', toVersion: 2 })
    await setup.queue.idle()
    expect(await updatesIn(document)).toHaveLength(1)
    expect(await updatesIn(other)).toEqual([])
  })

  test('[QUE14] an edit whose answer was lost after the commit is in the log once, and is told as known', async () => {
    const document = await someLog()
    setup.log.hold()
    const entry = entryOf(document)
    const saved = setup.queue.append(entry)
    await nextTurn()
    await setup.log.let('commit but lose the answer')
    setup.log.release()
    setup.time.advance(2_000)
    expect(await saved).toEqual({ state: 'known', version: 2 })
    expect(await updatesIn(document)).toEqual([entry.updates[0]?.update])
  })

  test('[QUE21] what came during an outage, and was saved by another server meanwhile, is not appended again', async () => {
    const document = await someLog()
    const [tried, later] = [entryOf(document), entryOf(document)]
    setup.log.hold()
    const first = setup.queue.append(tried)
    await nextTurn()
    await setup.log.let('unavailable')
    const second = setup.queue.append(later)
    setup.log.release()
    await setup.log.append([later])
    setup.time.advance(50)
    expect([(await first).state, (await second).state]).toEqual(['appended', 'known'])
    expect(await updatesIn(document)).toEqual(
      [...later.updates, ...tried.updates].map(({ update }) => update),
    )
  })

  test('[QUE21] after an outage only what the log lacks is appended, in order, with versions of its own', async () => {
    const document = await someLog()
    const heard = await announcementsOf(document)
    const [first, second, third] = [entryOf(document), entryOf(document, 2), entryOf(document)]
    setup.log.hold()
    const saved = [first, second, third].map((entry) => setup.queue.append(entry))
    await nextTurn()
    await setup.log.let('unavailable')
    // A client took its edit to another server, which has saved it.
    setup.log.release()
    await setup.log.append([{ document, updates: second.updates.slice(0, 1) }])
    setup.time.advance(2_000)
    const outcomes = await Promise.all(saved)
    expect(outcomes).toMatchObject([
      { state: 'appended', fromVersion: 3, toVersion: 3 },
      { state: 'appended', fromVersion: 4, toVersion: 4 },
      { state: 'appended', fromVersion: 5, toVersion: 5 },
    ])
    expect(await updatesIn(document)).toEqual(
      [second.updates[0], first.updates[0], second.updates[1], third.updates[0]].map(
        (draft) => draft?.update,
      ),
    )
    await nextTurn()
    expect(heard).toHaveLength(1)
  })

  test('[QUE15] from its limit of waiting bytes on the queue says it is full, and keeps what comes all the same', async () => {
    setup = createSetup({ maxWaitingBytes: 50 })
    const document = await someLog()
    setup.log.hold()
    expect(setup.queue.isFull).toBe(false)
    const saved = [setup.queue.append(entryOf(document, 3)), setup.queue.append(entryOf(document))]
    expect(setup.queue.isFull).toBe(true)
    await nextTurn()
    setup.log.release()
    await Promise.all(saved)
    expect(setup.queue.isFull).toBe(false)
    expect(await updatesIn(document)).toHaveLength(4)
  })
})

describe('an entry the database refuses', () => {
  test('[QUE16] only the offender is rejected; its neighbours are committed in their order', async () => {
    const [document, other] = await Promise.all([someLog(), someLog()])
    const poison = entryOf(document)
    setup.log.refuseEntriesLike(({ updates }) => updates.some((update) => update === poison.updates[0]))
    const [before, after, elsewhere] = [entryOf(document), entryOf(document), entryOf(other)]
    const outcomes = await Promise.allSettled(
      [before, poison, after, elsewhere].map((entry) => setup.queue.append(entry)),
    )
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
    expect(await updatesIn(document)).toEqual([before, after].map(({ updates }) => updates[0]?.update))
    expect(await updatesIn(other)).toHaveLength(1)
    expect(setup.onError).toHaveBeenCalledOnce()
    expect(setup.queue.waitingBytes).toBe(0)
  })

  test('[QUE16] one among 500 costs some tens of attempts, not hundreds', async () => {
    const documents = await Promise.all(Array.from({ length: 500 }, () => someLog()))
    const entries = documents.map((document) => entryOf(document))
    setup.log.refuseEntriesLike((entry) => entry === entries[321])
    await Promise.allSettled(entries.map((entry) => setup.queue.append(entry)))
    expect(setup.log.batches.length).toBeLessThan(30)
  })

  test('[QUE17] an outage while the offender is looked for loses nothing', async () => {
    const documents = await Promise.all([someLog(), someLog(), someLog(), someLog()])
    const entries = documents.map((document) => entryOf(document))
    setup.log.refuseEntriesLike(({ updates }) => updates[0] === entries[0]?.updates[0])
    setup.log.hold()
    const settled = Promise.allSettled(entries.map((entry) => setup.queue.append(entry)))
    await nextTurn()
    await setup.log.let('commit')
    await setup.log.let('unavailable')
    setup.log.release()
    setup.time.advance(2_000)
    const outcomes = await settled
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled', 'fulfilled'])
  })
})

describe('closing', () => {
  test('[QUE18] close waits for what was handed over and takes nothing more', async () => {
    const document = await someLog()
    setup.log.hold()
    const saved = setup.queue.append(entryOf(document))
    const closed = vi.fn()
    const closing = setup.queue.close().then(closed)
    await nextTurn()
    expect(closed).not.toHaveBeenCalled()
    await expect(setup.queue.append(entryOf(document))).rejects.toMatchObject({ code: 'unavailable' })
    setup.log.release()
    await closing
    expect(await saved).toMatchObject({ state: 'appended' })
  })

  test('[QUE19] abandoning in an outage refuses what is undecided and tries nothing more', async () => {
    const document = await someLog()
    setup.log.hold()
    const saved = setup.queue.append(entryOf(document))
    const refused = expect(saved).rejects.toMatchObject({ code: 'unavailable' })
    await nextTurn()
    await setup.log.let('unavailable')
    const closing = setup.queue.close()
    setup.queue.abandon()
    await Promise.all([refused, closing])
    expect(setup.time.pending).toEqual([])
    expect(setup.log.batches).toHaveLength(1)
  })
})

function raise(): never {
  throw new Error('the test has no such document')
}

describe('an edit that came a second time', () => {
  test('[QUE22] is not appended when the log holds it, whoever appended it', async () => {
    const document = await someLog()
    const entry = entryOf(document)
    await setup.queue.append(entry)
    const again = await setup.queue.append(entry, { resent: { at: null } })
    expect(again).toEqual({ state: 'known', version: 2 })
    expect(await updatesIn(document)).toHaveLength(1)
  })

  test('[QUE22] is compared again when the head has moved since somebody looked', async () => {
    const document = await someLog()
    const entry = entryOf(document)
    setup.log.hold()
    const resent = setup.queue.append(entry, { resent: { at: toVersion(1) } })
    await nextTurn()
    // Its first copy commits between the look and the append.
    await setup.memory.append([entry])
    setup.log.release()
    expect(await resent).toEqual({ state: 'known', version: 2 })
    expect(await updatesIn(document)).toHaveLength(1)
  })

  test('[QUE23] is appended when it is new, behind the edits handed over before it and before those after it', async () => {
    const document = await someLog()
    const [before, resent, after] = [entryOf(document), entryOf(document), entryOf(document)]
    const saved = [
      setup.queue.append(before),
      setup.queue.append(resent, { resent: { at: toVersion(1) } }),
      setup.queue.append(after),
    ]
    expect(await Promise.all(saved)).toMatchObject(
      [2, 3, 4].map((fromVersion) => ({ state: 'appended', fromVersion })),
    )
    expect(await updatesIn(document)).toEqual(
      [before, resent, after].map(({ updates }) => updates[0]?.update),
    )
  })

  test('[QUE22] of a deleted document is missing', async () => {
    const { document } = someDocument()
    expect(await setup.queue.append(entryOf(document), { resent: { at: null } })).toEqual({
      state: 'missing',
    })
  })

  test('[QUE23] that deletes what the log still shows is new, though all its clocks are known', async () => {
    const document = await someLog()
    const doc = new Y.Doc()
    const items = doc.getArray('items')
    items.push(['a'])
    const added = someUpdate({ update: Y.encodeStateAsUpdate(doc) })
    await setup.queue.append({ document, updates: [added] })
    items.delete(0)
    const deleted = someUpdate({ update: Y.encodeStateAsUpdate(doc) })
    const first = await setup.queue.append({ document, updates: [deleted] }, { resent: { at: null } })
    const second = await setup.queue.append({ document, updates: [deleted] }, { resent: { at: null } })
    expect([first.state, second.state]).toEqual(['appended', 'known'])
  })

  test('[QUE25] of a client that has gone is compared with the log, when it still waits', async () => {
    const document = await someLog()
    const [first, second] = ['another', 'a session'].map((clientSession) => ({
      document,
      updates: someUpdates(1, { clientSession }),
    }))
    if (first === undefined || second === undefined) throw new Error('There are two.')
    setup.log.hold()
    const saved = [setup.queue.append(first)]
    await nextTurn()
    saved.push(setup.queue.append(second))
    setup.queue.doubt(document, 'a session')
    // The client is at another server by now, which is faster.
    await setup.memory.append([second])
    setup.log.release()
    expect(await Promise.all(saved)).toMatchObject([{ state: 'appended' }, { state: 'known', version: 3 }])
    expect(await updatesIn(document)).toEqual([second, first].map(({ updates }) => updates[0]?.update))
  })

  test('[QUE26] of a document that others edit without a pause is appended after three looks, whatever has come', async () => {
    const document = await someLog()
    const entry = entryOf(document)
    const reads = vi.spyOn(setup.memory, 'read')
    setup.log.read = async (name, version) => {
      const record = await setup.memory.read(name, version)
      await setup.memory.append([entryOf(document)])
      return record
    }
    expect(await setup.queue.append(entry, { resent: { at: null } })).toMatchObject({ state: 'appended' })
    expect(reads).toHaveBeenCalledTimes(3)
  })

  test('[QUE26] and the look at it hold up nobody else', async () => {
    const [large, other] = await Promise.all([someLog(), someLog()])
    const reading = Promise.withResolvers<void>()
    setup.log.read = async (name, version) => {
      await reading.promise
      return setup.memory.read(name, version)
    }
    const resent = setup.queue.append(entryOf(large), { resent: { at: null } })
    expect(await setup.queue.append(entryOf(other))).toMatchObject({ state: 'appended' })
    const behind = setup.queue.append(entryOf(large))
    reading.resolve()
    expect(await Promise.all([resent, behind])).toMatchObject([{ fromVersion: 2 }, { fromVersion: 3 }])
  })
})
