import { NexusError } from '../model/errors.ts'
import type { AppendEntry, UpdateLog } from '../ports/update-log.ts'

/** What a test has an append do instead of committing at once. */
type Fate = 'commit' | 'unavailable' | 'commit but lose the answer'

/** A real log whose appends wait for the test, so that it can look at what happens before a commit. */
export interface GatedLog extends UpdateLog {
  /** Batches that were handed to the log, in order; also those that failed. */
  readonly batches: readonly (readonly AppendEntry[])[]
  /** From now on appends wait for `let`. */
  hold(): void
  /** Decides the append that waits longest, and resolves when its caller has heard of it. */
  let(fate: Fate): Promise<void>
  /** Appends go through at once again; so do those that wait. */
  release(): void
  /** Appends with such an entry are refused whole, as a database refuses a value it cannot store. */
  refuseEntriesLike(isPoison: (entry: AppendEntry) => boolean): void
}

export function createGatedLog(log: UpdateLog): GatedLog {
  const batches: (readonly AppendEntry[])[] = []
  const waiting: ((fate: Fate) => void)[] = []
  let isHeld = false
  let isPoison = (_entry: AppendEntry): boolean => false

  async function decided<T>(batch: readonly AppendEntry[], write: () => Promise<T>): Promise<T> {
    batches.push(batch)
    const fate = isHeld ? await new Promise<Fate>((resolve) => waiting.push(resolve)) : 'commit'
    if (fate === 'unavailable') throw new NexusError('unavailable', 'The test has taken the database away.')
    if (batch.some(isPoison)) throw new Error('The test refuses a value of this batch.')
    const outcome = await write()
    if (fate === 'commit') return outcome
    throw new NexusError('unavailable', 'The test has cut the connection after the commit.')
  }

  return {
    create: (documents) => log.create(documents),
    append: (batch) => decided(batch, () => log.append(batch)),
    appendAll: (batch) => decided(batch, () => log.appendAll(batch)),
    heads: (documents) => log.heads(documents),
    read: (document, version) => log.read(document, version),
    readTail: (document, range) => log.readTail(document, range),
    versionAt: (document, at) => log.versionAt(document, at),
    tailSize: (document) => log.tailSize(document),
    saveCheckpoint: (document, checkpoint) => log.saveCheckpoint(document, checkpoint),
    batches,
    hold() {
      isHeld = true
    },
    async let(fate) {
      const decide = waiting.shift()
      if (decide === undefined) throw new Error('No append is waiting.')
      decide(fate)
      await nextTurn()
    },
    release() {
      isHeld = false
      for (const decide of waiting.splice(0)) decide('commit')
    },
    refuseEntriesLike(predicate) {
      isPoison = predicate
    },
  }
}

/** Resolves when all that is ready to run has run. */
export const nextTurn = (): Promise<void> =>
  new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
