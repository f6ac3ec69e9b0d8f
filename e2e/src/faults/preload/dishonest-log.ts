import { setTimeout as wait } from 'node:timers/promises'
import { type AppendEntry, type AppendOutcome, toVersion, type UpdateLog } from '@nexus/core'

/** Ways in which a build could lie about what is saved. Only the test kit can. */
export type Lie = 'ack sent early' | 'append skipped'

/** Long enough for the ack to reach its client, ms. */
const EARLY_BY_MS = 150
/** Of so many appends one is skipped. */
const SKIP_ONE_OF = 4

/** A log that says "committed" before it is true, or when it never will be. */
export function dishonest(log: UpdateLog, lie: Lie): UpdateLog {
  let count = 0
  let last = Promise.resolve()
  const appendLater = (batch: readonly AppendEntry[]): void => {
    last = last
      .then(() => wait(EARLY_BY_MS))
      .then(() => log.append(batch))
      // Nobody waits who could be told.
      .then(
        () => undefined,
        () => undefined,
      )
  }
  return {
    ...log,
    append: async (batch) => {
      count += 1
      if (lie === 'append skipped' && count % SKIP_ONE_OF !== 0) return log.append(batch)
      const outcomes = await madeUpOutcomes(log, batch)
      if (lie === 'ack sent early') appendLater(batch)
      return outcomes
    },
  }
}

async function madeUpOutcomes(log: UpdateLog, batch: readonly AppendEntry[]): Promise<AppendOutcome[]> {
  const heads = await log.heads(batch.map(({ document }) => document))
  return batch.map(({ document, updates }) => {
    const head = heads.get(document)
    if (head === undefined) return { state: 'missing' }
    return {
      state: 'appended',
      fromVersion: toVersion(head + 1),
      toVersion: toVersion(head + updates.length),
      occurredAt: new Date(),
    }
  })
}
