import { expect } from 'vitest'
import { MemoryUpdateLog } from '../memory/memory-update-log.ts'
import { toVersion } from '../model/version.ts'
import type { AppendEntry, AppendOutcome, DocumentRecord, UpdateLog } from '../ports/update-log.ts'
import type { DocumentName } from '../wire/document-name.ts'
import { someDocument, someUpdate } from './builders.ts'
import { createRandom, type Random } from './random.ts'

/**
 * Does `steps` random things to `log` and to the plain model in memory, and expects the same of both: outcomes, heads,
 * records at random versions, tails. Print `seed` with the failure.
 */
export async function compareWithModel(log: UpdateLog, seed: number, steps: number): Promise<void> {
  const random = createRandom(seed)
  const model = new MemoryUpdateLog()
  const created = Array.from({ length: 5 }, () => someDocument())
  await log.create(created)
  await model.create(created)
  // One that was never created is asked about like the others.
  const documents = [...created, someDocument()].map(({ document }) => document)
  for (let step = 0; step < steps; step += 1) {
    const act = random.pick([append, append, append, readVersion, readRange, checkpoint, compareHeads])
    await act({ log, model, random, documents })
  }
}

interface Step {
  readonly log: UpdateLog
  readonly model: UpdateLog
  readonly random: Random
  readonly documents: readonly DocumentName[]
}

async function append({ log, model, random, documents }: Step): Promise<void> {
  const heads = await model.heads(documents)
  const batch: AppendEntry[] = documents
    .filter(() => random.below(2) === 0)
    .map((document) => ({
      document,
      updates: Array.from({ length: 1 + random.below(4) }, () =>
        someUpdate({
          update: random.bytes(1 + random.below(200)),
          triggerSource: random.pick([null, 'a', '"{,}\\']),
        }),
      ),
      ...(random.below(3) === 0
        ? { expectedVersion: toVersion((heads.get(document) ?? 0) + random.pick([0, 0, -1, 1])) }
        : {}),
    }))
  const withoutTime = (outcomes: AppendOutcome[]) =>
    outcomes.map((outcome) => ('occurredAt' in outcome ? { ...outcome, occurredAt: null } : outcome))
  expect(withoutTime(await log.append(batch))).toEqual(withoutTime(await model.append(batch)))
}

async function readVersion({ log, model, random, documents }: Step): Promise<void> {
  const document = random.pick(documents)
  const version = random.below(3) === 0 ? undefined : toVersion(random.below(30))
  expect(withoutTimes(await log.read(document, version))).toEqual(
    withoutTimes(await model.read(document, version)),
  )
}

async function readRange({ log, model, random, documents }: Step): Promise<void> {
  const document = random.pick(documents)
  const range = {
    after: toVersion(random.below(20)),
    upTo: toVersion(random.below(30)),
    limit: 1 + random.below(10),
  }
  const versions = async (from: UpdateLog) =>
    (await from.readTail(document, range)).map(({ version }) => version)
  expect(await versions(log)).toEqual(await versions(model))
}

async function checkpoint({ log, model, random, documents }: Step): Promise<void> {
  const document = random.pick(documents)
  const saved = { version: toVersion(1 + random.below(20)), state: random.bytes(10) }
  await log.saveCheckpoint(document, saved)
  await model.saveCheckpoint(document, saved)
}

async function compareHeads({ log, model, documents }: Step): Promise<void> {
  expect(await log.heads(documents)).toEqual(await model.heads(documents))
}

/** Two clocks never agree. */
const withoutTimes = (record: DocumentRecord | null) =>
  record === null ? null : { ...record, tail: record.tail.map((entry) => ({ ...entry, occurredAt: null })) }
