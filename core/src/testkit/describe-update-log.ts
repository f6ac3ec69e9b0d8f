import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { toVersion } from '../model/version.ts'
import type { AppendEntry, AppendOutcome, NewDocument, Receipts, UpdateLog } from '../ports/update-log.ts'
import type { DocumentName } from '../wire/document-name.ts'
import { someDocument, someUpdate, someUpdates } from './builders.ts'

export interface OpenLog {
  readonly log: UpdateLog
  readonly receipts: Receipts
  /** Makes a document `missing`, as deleting a panel does. */
  remove(document: DocumentName): Promise<void>
  close(): Promise<void>
}

/** What every {@link UpdateLog} keeps to. `open` is called once; each test uses documents of its own. */
export function describeUpdateLog(name: string, open: () => Promise<OpenLog>): void {
  describe(`update log: ${name}`, () => {
    let opened: OpenLog
    let log: UpdateLog
    beforeAll(async () => {
      opened = await open()
      log = opened.log
    })
    afterAll(() => opened?.close())

    /** A created document whose log has `length` entries. */
    async function someLog(length = 1): Promise<NewDocument> {
      const created = someDocument()
      await log.create([created])
      if (length > 1) await append({ document: created.document, updates: someUpdates(length - 1) })
      return created
    }

    async function append(entry: AppendEntry): Promise<AppendOutcome> {
      const [outcome] = await log.append([entry])
      if (outcome === undefined) throw new Error('no outcome')
      return outcome
    }

    async function occurredAt(document: DocumentName, version: number): Promise<Date> {
      const [entry] = await log.readTail(document, { after: toVersion(version - 1), limit: 1 })
      if (entry === undefined) throw new Error('no entry')
      return entry.occurredAt
    }

    describe('create', () => {
      test('[LOG1] a created document has its first update at version 1', async () => {
        const created = await someLog()
        const record = await log.read(created.document)
        expect(record?.version).toBe(1)
        expect(record?.checkpoint).toBeNull()
        expect(record?.tail).toMatchObject([
          { version: 1, update: created.first.update, userId: 'alice', changeType: 'created' },
        ])
      })

      test('[LOG2] creating a document again leaves it as it is', async () => {
        const created = await someLog(3)
        await log.create([{ ...created, first: someUpdate() }, someDocument()])
        const record = await log.read(created.document)
        expect(record?.version).toBe(3)
        expect(record?.tail[0]?.update).toEqual(created.first.update)
      })

      test('[LOG2] of one document named twice in a call, the first is created', async () => {
        const created = someDocument()
        await log.create([created, { ...created, first: someUpdate() }])
        const record = await log.read(created.document)
        expect(record?.tail.map(({ update }) => update)).toEqual([created.first.update])
      })
    })

    describe('append', () => {
      test('[LOG3] updates get the next versions in their order, without gaps', async () => {
        const { document } = await someLog(2)
        const updates = someUpdates(3)
        const outcome = await append({ document, updates })
        expect(outcome).toMatchObject({ state: 'appended', fromVersion: 3, toVersion: 5 })
        const tail = await log.readTail(document, { after: toVersion(2) })
        expect(tail.map(({ version }) => version)).toEqual([3, 4, 5])
        expect(tail.map(({ update }) => update)).toEqual(updates.map(({ update }) => update))
      })

      test('[LOG28] entries that belong together are appended in one commit, each with its versions, in any order', async () => {
        const documents = await Promise.all([someLog(), someLog(4), someLog(2)])
        const outcome = await log.appendAll(
          documents.toReversed().map(({ document }) => ({ document, updates: someUpdates(2) })),
        )
        expect(outcome).toMatchObject({
          state: 'appended',
          outcomes: [
            { fromVersion: 3, toVersion: 4 },
            { fromVersion: 5, toVersion: 6 },
            { fromVersion: 2, toVersion: 3 },
          ],
        })
        const heads = await log.heads(documents.map(({ document }) => document))
        expect(documents.map(({ document }) => heads.get(document))).toEqual([3, 6, 4])
      })

      test('[LOG28] one that is refused refuses all, and says why; nothing is appended and no receipt kept', async () => {
        const [good, moved, done] = await Promise.all([someLog(), someLog(3), someLog()])
        const receipt = { id: 'together', fingerprint: 'f' }
        await append({
          document: done.document,
          updates: someUpdates(1),
          receipt: { ...receipt, id: 'before' },
        })
        const outcome = await log.appendAll([
          { document: good.document, updates: someUpdates(1), receipt },
          { document: moved.document, updates: someUpdates(1), expectedVersion: toVersion(2), receipt },
          { document: someDocument().document, updates: someUpdates(1), receipt },
          { document: done.document, updates: someUpdates(1), receipt: { ...receipt, id: 'before' } },
        ])
        expect(outcome).toEqual({
          state: 'refused',
          refusals: [
            null,
            { state: 'conflict', currentVersion: 3 },
            { state: 'missing' },
            { state: 'repeated' },
          ],
        })
        expect(
          [...(await log.heads([good.document, moved.document, done.document])).values()].toSorted(),
        ).toEqual([1, 2, 3])
        expect(await opened.receipts.find(good.document, 'together')).toBeNull()
      })

      test('[LOG28] one without updates appends nothing, but its condition counts and its receipt is kept', async () => {
        const [one, two] = await Promise.all([someLog(), someLog(4)])
        const receipt = { id: 'r', fingerprint: 'f' }
        const conditional = (expected: number) => [
          { document: one.document, updates: someUpdates(1), receipt },
          { document: two.document, updates: [], expectedVersion: toVersion(expected), receipt },
        ]
        expect(await log.appendAll(conditional(3))).toMatchObject({ refusals: [null, { currentVersion: 4 }] })
        expect(await log.appendAll(conditional(4))).toMatchObject({ outcomes: [{ toVersion: 2 }, null] })
        expect(await opened.receipts.find(two.document, 'r')).toMatchObject({ version: 4 })
        expect((await log.heads([two.document])).get(two.document)).toBe(4)
      })

      test('[LOG28] with a receipt they are appended once, however many try at once, and each is kept with its version', async () => {
        const documents = await Promise.all([someLog(), someLog(4)])
        const receipt = { id: 'r', fingerprint: 'f' }
        const entries = documents.map(({ document }) => ({ document, updates: someUpdates(1), receipt }))
        const outcomes = await Promise.all(
          [entries, entries.toReversed(), entries].map((batch) => log.appendAll(batch)),
        )
        expect(outcomes.map(({ state }) => state).toSorted()).toEqual(['appended', 'refused', 'refused'])
        const kept = await Promise.all(documents.map(({ document }) => opened.receipts.find(document, 'r')))
        expect(kept.map((each) => each?.version)).toEqual([2, 5])
      })

      test('[LOG28] at once, over the same documents in any order, each is whole and none waits for ever', async () => {
        const documents = (await Promise.all([someLog(), someLog(), someLog()])).map(
          ({ document }) => document,
        )
        const batches = Array.from({ length: 24 }, (_, index) =>
          (index % 2 === 0 ? documents : documents.toReversed()).map((document) => ({
            document,
            updates: someUpdates(1),
          })),
        )
        const [firstSingle = documents[0]] = documents
        const singles = Array.from({ length: 12 }, () =>
          firstSingle === undefined ? null : append({ document: firstSingle, updates: someUpdates(1) }),
        )
        const outcomes = await Promise.all(batches.map((batch) => log.appendAll(batch)))
        await Promise.all(singles)
        expect(outcomes.every(({ state }) => state === 'appended')).toBe(true)
        const heads = await log.heads(documents)
        expect(documents.map((document) => heads.get(document))).toEqual([37, 25, 25])
      })

      test('[LOG4] an entry keeps its author, cause, session and time', async () => {
        const { document } = await someLog()
        const cause = {
          userId: null,
          triggeredBy: 'ai',
          triggerSource: 'tool:tidy “up” \\ {a,b}',
          changeType: 'reverted',
          clientSession: 'tab-1',
        } as const
        const outcome = await append({ document, updates: [someUpdate(cause)] })
        const [entry] = await log.readTail(document, { after: toVersion(1) })
        expect(entry).toMatchObject(cause)
        expect(outcome.state === 'appended' && outcome.occurredAt).toEqual(entry?.occurredAt)
        expect(entry?.update).toBeInstanceOf(Uint8Array)
      })

      test('[LOG5] a batch over many documents says what became of each, in its order', async () => {
        const documents = await Promise.all([someLog(), someLog(4), someLog(2)])
        const outcomes = await log.append(
          documents.toReversed().map(({ document }) => ({ document, updates: someUpdates(2) })),
        )
        expect(outcomes).toMatchObject([{ toVersion: 4 }, { toVersion: 6 }, { toVersion: 3 }])
      })

      test('[LOG6] strict: appended while the expected version is the head, otherwise a conflict and nothing changes', async () => {
        const { document } = await someLog(2)
        const strict = { document, updates: someUpdates(1), expectedVersion: toVersion(2) }
        expect(await append(strict)).toMatchObject({ state: 'appended', fromVersion: 3, toVersion: 3 })
        expect(await append(strict)).toEqual({ state: 'conflict', currentVersion: 3 })
        expect(await append({ ...strict, expectedVersion: toVersion(4) })).toMatchObject({
          state: 'conflict',
        })
        expect((await log.heads([document])).get(document)).toBe(3)
        expect(await log.readTail(document, { after: toVersion(3) })).toEqual([])
      })

      test('[LOG6] of strict appends at once, one wins', async () => {
        const { document } = await someLog()
        const strict = { document, updates: someUpdates(1), expectedVersion: toVersion(1) }
        const outcomes = await Promise.all(Array.from({ length: 8 }, () => append(strict)))
        expect(outcomes.filter(({ state }) => state === 'appended')).toHaveLength(1)
        expect(outcomes.filter(({ state }) => state === 'conflict')).toHaveLength(7)
      })

      test('[LOG27] what has a receipt is appended once, and kept with its version in the same commit', async () => {
        const { document } = await someLog()
        const receipt = { id: 'request', fingerprint: 'asked' }
        const entry = { document, updates: someUpdates(2), receipt }
        const outcome = await append(entry)
        expect(outcome).toMatchObject({ state: 'appended', fromVersion: 2, toVersion: 3 })
        expect(await append(entry)).toEqual({ state: 'repeated' })
        expect(await append({ ...entry, receipt: { ...receipt, fingerprint: 'else' } })).toEqual({
          state: 'repeated',
        })
        expect(await append({ ...entry, receipt: { ...receipt, id: 'other' } })).toMatchObject({
          toVersion: 5,
        })
        expect((await log.heads([document])).get(document)).toBe(5)
        expect(await opened.receipts.find(document, 'request')).toEqual({
          ...receipt,
          version: 3,
          occurredAt: await occurredAt(document, 3),
        })
        expect(await opened.receipts.find(document, 'unknown')).toBeNull()
      })

      test('[LOG27] of appends with one receipt at once, one is made', async () => {
        const { document } = await someLog()
        const entry = { document, updates: someUpdates(1), receipt: { id: 'r', fingerprint: 'f' } }
        const outcomes = await Promise.all(Array.from({ length: 8 }, () => append(entry)))
        expect(outcomes.filter(({ state }) => state === 'appended')).toHaveLength(1)
        expect(outcomes.filter(({ state }) => state === 'repeated')).toHaveLength(7)
        expect((await log.heads([document])).get(document)).toBe(2)
      })

      test('[LOG27] receipts hold up nobody in a batch, and are not kept for what is refused', async () => {
        const [one, two] = [await someLog(), await someLog()]
        const receipt = { id: 'r', fingerprint: 'f' }
        const batch = [
          { document: one.document, updates: someUpdates(1), receipt },
          { document: someDocument().document, updates: someUpdates(1), receipt },
          { document: two.document, updates: someUpdates(1) },
        ]
        expect(await log.append(batch)).toMatchObject([
          { state: 'appended', toVersion: 2 },
          { state: 'missing' },
          { state: 'appended', toVersion: 2 },
        ])
        const strict = {
          document: two.document,
          updates: someUpdates(1),
          receipt,
          expectedVersion: toVersion(1),
        }
        expect(await append(strict)).toEqual({ state: 'conflict', currentVersion: 2 })
        expect(await opened.receipts.find(two.document, 'r')).toBeNull()
        expect(await append({ ...strict, expectedVersion: toVersion(2) })).toMatchObject({
          state: 'appended',
        })
      })

      test('[LOG27] one can be kept for what was so already, and old ones are thrown away', async () => {
        const { document } = await someLog(3)
        await opened.receipts.keep(document, { id: 'r', fingerprint: 'f' }, toVersion(2))
        await opened.receipts.keep(document, { id: 'r', fingerprint: 'other' }, toVersion(3))
        expect(await opened.receipts.find(document, 'r')).toMatchObject({ fingerprint: 'f', version: 2 })
        await opened.receipts.forget(new Date(0))
        expect(await opened.receipts.find(document, 'r')).not.toBeNull()
        await opened.receipts.forget(new Date(Date.now() + 60_000))
        expect(await opened.receipts.find(document, 'r')).toBeNull()
      })

      test('[LOG7] a missing or deleted document is said to be missing and does not hold up the others', async () => {
        const missing = someDocument()
        const deleted = await someLog(2)
        await opened.remove(deleted.document)
        const fine = await someLog()
        const conflicting = await someLog()
        const outcomes = await log.append([
          { document: missing.document, updates: someUpdates(1) },
          { document: conflicting.document, updates: someUpdates(1), expectedVersion: toVersion(9) },
          { document: fine.document, updates: someUpdates(1) },
          { document: deleted.document, updates: someUpdates(1) },
        ])
        expect(outcomes.map(({ state }) => state)).toEqual(['missing', 'conflict', 'appended', 'missing'])
        expect(await log.read(missing.document)).toBeNull()
      })

      test('[LOG8] a batch names a document once; otherwise nothing of it is appended', async () => {
        const { document } = await someLog()
        const entry = { document, updates: someUpdates(1) }
        await expect(log.append([entry, entry])).rejects.toThrow('one batch')
        await expect(log.append([{ document, updates: [] }])).rejects.toThrow('no updates')
        expect((await log.heads([document])).get(document)).toBe(1)
      })

      test('[LOG8] an empty batch does nothing', async () => {
        expect(await log.append([])).toEqual([])
        await log.create([])
        expect(await log.heads([])).toEqual(new Map())
      })

      test('[LOG9] an update of a megabyte comes back byte for byte', async () => {
        const { document } = await someLog()
        const update = Uint8Array.from({ length: 1_000_000 }, (_, index) => (index * 31) % 256)
        await append({ document, updates: [someUpdate({ update })] })
        const [entry] = await log.readTail(document, { after: toVersion(1) })
        expect(Buffer.compare(entry?.update ?? new Uint8Array(), update)).toBe(0)
      })

      test('[LOG10] appends at once over overlapping documents leave no gap, no double and no deadlock', async () => {
        const documents = (await Promise.all(Array.from({ length: 6 }, () => someLog()))).map(
          ({ document }) => document,
        )
        const appends = Array.from({ length: 40 }, (_, round) =>
          log.append(
            rotate(documents, round)
              .slice(0, 4)
              .map((document) => ({ document, updates: someUpdates(1 + (round % 3)) })),
          ),
        )
        const outcomes = (await Promise.all(appends)).flat()
        expect(outcomes.every(({ state }) => state === 'appended')).toBe(true)
        const total = outcomes.reduce(
          (sum, outcome) =>
            outcome.state === 'appended' ? sum + outcome.toVersion - outcome.fromVersion + 1 : sum,
          0,
        )
        const heads = await log.heads(documents)
        const written = await Promise.all(
          documents.map((document) => log.readTail(document, { after: toVersion(0) })),
        )
        for (const [index, entries] of written.entries()) {
          expect(entries.map(({ version }) => version)).toEqual(entries.map((_, position) => position + 1))
          expect(heads.get(documents[index] ?? (documents[0] as DocumentName))).toBe(entries.length)
          const times = entries.map((entry) => entry.occurredAt.getTime())
          expect(times).toEqual(times.toSorted((a, b) => a - b))
        }
        expect(written.flat()).toHaveLength(total + documents.length)
      })
    })

    describe('read', () => {
      test('[LOG11] heads names those documents that exist', async () => {
        const known = await someLog(3)
        const deleted = await someLog()
        await opened.remove(deleted.document)
        const heads = await log.heads([known.document, someDocument().document, deleted.document])
        expect(heads).toEqual(new Map([[known.document, 3]]))
      })

      test('[LOG12] a document reads as its newest checkpoint and the entries after it', async () => {
        const { document } = await someLog(6)
        await log.saveCheckpoint(document, { version: toVersion(2), state: Uint8Array.of(2) })
        await log.saveCheckpoint(document, { version: toVersion(4), state: Uint8Array.of(4) })
        const record = await log.read(document)
        expect(record?.checkpoint).toEqual({ version: 4, state: Uint8Array.of(4) })
        expect(record?.tail.map(({ version }) => version)).toEqual([5, 6])
        expect(record?.version).toBe(6)
      })

      test('[LOG13] an older version reads as the nearest checkpoint at or below it and the entries up to it', async () => {
        const { document } = await someLog(6)
        await log.saveCheckpoint(document, { version: toVersion(2), state: Uint8Array.of(2) })
        await log.saveCheckpoint(document, { version: toVersion(5), state: Uint8Array.of(5) })
        const parts = async (version: number) => {
          const record = await log.read(document, toVersion(version))
          return [record?.version, record?.checkpoint?.version, record?.tail.map((entry) => entry.version)]
        }
        expect(await parts(1)).toEqual([1, undefined, [1]])
        expect(await parts(2)).toEqual([2, 2, []])
        expect(await parts(4)).toEqual([4, 2, [3, 4]])
        expect(await parts(6)).toEqual([6, 5, [6]])
      })

      test('[LOG14] there is nothing to read of a version above the head or of a missing document', async () => {
        const { document } = await someLog(2)
        expect(await log.read(document, toVersion(3))).toBeNull()
        expect(await log.read(someDocument().document)).toBeNull()
        await opened.remove(document)
        expect(await log.read(document)).toBeNull()
      })

      test('[LOG15] a tail has the entries after one version, up to another, at most so many', async () => {
        const { document } = await someLog(6)
        const versions = async (range: { after: number; upTo?: number; limit?: number }) => {
          const { after, upTo, limit } = range
          const entries = await log.readTail(document, {
            after: toVersion(after),
            ...(upTo === undefined ? {} : { upTo: toVersion(upTo) }),
            ...(limit === undefined ? {} : { limit }),
          })
          return entries.map(({ version }) => version)
        }
        expect(await versions({ after: 4 })).toEqual([5, 6])
        expect(await versions({ after: 1, upTo: 3 })).toEqual([2, 3])
        expect(await versions({ after: 0, limit: 2 })).toEqual([1, 2])
        expect(await versions({ after: 6 })).toEqual([])
      })

      test('[LOG16] reading while others append gives a record without gaps', async () => {
        const { document } = await someLog(3)
        const appends = Array.from({ length: 10 }, () => append({ document, updates: someUpdates(3) }))
        const reads = await Promise.all(Array.from({ length: 10 }, () => log.read(document)))
        await Promise.all(appends)
        for (const record of reads) {
          const versions = record?.tail.map(({ version }) => version) ?? []
          expect(versions).toEqual(versions.map((_, index) => index + 1))
          expect(record?.version).toBe(versions.length)
        }
      })
    })

    describe('versions by time', () => {
      test('[LOG17] the version at a time is the last one at or before it', async () => {
        const { document } = await someLog()
        for (let count = 0; count < 20; count += 1) await append({ document, updates: someUpdates(1) })
        const entries = await log.readTail(document, { after: toVersion(0) })
        for (const { occurredAt: at } of entries) {
          const last = entries.findLast((entry) => entry.occurredAt <= at)
          expect(await log.versionAt(document, at)).toBe(last?.version)
        }
        expect(await log.versionAt(document, new Date('2100-01-01'))).toBe(21)
      })

      test('[LOG18] before it was created, a document has no version', async () => {
        const { document } = await someLog()
        const before = new Date((await occurredAt(document, 1)).getTime() - 1)
        expect(await log.versionAt(document, before)).toBeNull()
        expect(await log.versionAt(someDocument().document, new Date())).toBeNull()
      })
    })

    describe('checkpoints', () => {
      test('[LOG19] saving an equal or older checkpoint does not change what the head reads as', async () => {
        const { document } = await someLog(5)
        await log.saveCheckpoint(document, { version: toVersion(4), state: Uint8Array.of(4) })
        await log.saveCheckpoint(document, { version: toVersion(4), state: Uint8Array.of(99) })
        await log.saveCheckpoint(document, { version: toVersion(2), state: Uint8Array.of(2) })
        const record = await log.read(document)
        expect(record?.checkpoint).toEqual({ version: 4, state: Uint8Array.of(4) })
        expect(record?.tail.map(({ version }) => version)).toEqual([5])
      })

      test('[LOG26] the size of what lies behind the newest checkpoint is told without reading it', async () => {
        const { document } = await someLog(5)
        const bytesAfter = async (version: number) => {
          const tail = await log.readTail(document, { after: toVersion(version) })
          return tail.reduce((sum, { update }) => sum + update.byteLength, 0)
        }
        expect(await log.tailSize(document)).toEqual({
          updates: 5,
          bytes: await bytesAfter(0),
          checkpointBytes: 0,
        })
        await log.saveCheckpoint(document, { version: toVersion(3), state: new Uint8Array(7) })
        expect(await log.tailSize(document)).toEqual({
          updates: 2,
          bytes: await bytesAfter(3),
          checkpointBytes: 7,
        })
        expect(await log.tailSize(someDocument().document)).toBeNull()
      })

      test('[LOG20] a checkpoint takes no entry away', async () => {
        const { document } = await someLog(3)
        await log.saveCheckpoint(document, { version: toVersion(3), state: Uint8Array.of(3) })
        expect(await log.readTail(document, { after: toVersion(0) })).toHaveLength(3)
      })

      test('[LOG21] a checkpoint above the head or of a missing document is not kept', async () => {
        const { document } = await someLog(2)
        await log.saveCheckpoint(document, { version: toVersion(3), state: Uint8Array.of(3) })
        await log.saveCheckpoint(someDocument().document, { version: toVersion(1), state: Uint8Array.of(1) })
        await append({ document, updates: someUpdates(2) })
        expect((await log.read(document))?.checkpoint).toBeNull()
      })
    })
  })
}

const rotate = <T>(items: readonly T[], by: number): T[] =>
  items.map((_, index) => items[(index + by) % items.length] as T)
