import { type AppendEntry, type AppendOutcome, NexusError, type UpdateLog } from '@nexus/core'
import { MemoryUpdateLog } from '@nexus/core/memory'
import type { Access } from '@nexus/core/server'
import type { Random } from '@nexus/core/testkit'
import type { Life } from './life.ts'
import type { StoreState } from './plan.ts'
import type { Trace } from './trace.ts'

/** One committed append of one document, and what its author knows of it. */
export interface Commit {
  readonly entry: AppendEntry
  readonly outcome: AppendOutcome
  readonly node: string
  /** When it was handed over, and when it was committed; ms. */
  readonly begunAt: number
  readonly committedAt: number
  /** The author has heard that it is committed. */
  isAnswered: boolean
}

/** A store may be broken on purpose, to see that somebody notices. */
export interface StoreFlaws {
  /** Of every so-many-th append it says "committed", and keeps nothing. */
  readonly forgetsEvery?: number
}

interface Fate {
  readonly beforeMs: number
  readonly afterMs: number
  readonly fails: 'never' | 'before' | 'after'
}

const CREATED_AT = new Date(0)
/** Calls that come at a steady pace; their success is not worth a line. */
const COMMON = new Set(['heads', 'access'])

/** The one log of all nodes, as far away as a database is: calls take time, fail, and are carried out all the same. */
export class SimulatedStore {
  readonly log = new MemoryUpdateLog()
  state: StoreState = 'up'
  readonly #random: Random
  readonly #trace: Trace
  readonly #flaws: StoreFlaws
  readonly #onAppend: () => void
  readonly #onCommit: (commit: Commit) => void
  #checkpointCount = 0
  #appendCount = 0

  constructor(parts: {
    readonly random: Random
    readonly trace: Trace
    readonly flaws: StoreFlaws
    /** A process hands something over; it is not committed. */
    readonly onAppend: () => void
    readonly onCommit: (commit: Commit) => void
  }) {
    this.#random = parts.random
    this.#trace = parts.trace
    this.#flaws = parts.flaws
    this.#onAppend = parts.onAppend
    this.#onCommit = parts.onCommit
  }

  get checkpointCount(): number {
    return this.#checkpointCount
  }

  /** The log as one process reaches it. */
  portOf(life: Life): UpdateLog {
    const { log } = this
    return {
      create: (documents) => this.#call(life, 'create', () => log.create(documents)),
      append: (batch) => this.#append(life, batch),
      appendAll: (batch) => this.#call(life, 'appendAll', () => log.appendAll(batch)),
      heads: (documents) => this.#call(life, 'heads', () => log.heads(documents)),
      read: (document, version) => this.#call(life, 'read', () => log.read(document, version)),
      readTail: (document, range) => this.#call(life, 'readTail', () => log.readTail(document, range)),
      versionAt: (document, at) => this.#call(life, 'versionAt', () => log.versionAt(document, at)),
      tailSize: (document) => this.#call(life, 'tailSize', () => log.tailSize(document)),
      saveCheckpoint: (document, checkpoint) =>
        this.#call(life, 'saveCheckpoint', () => {
          this.#checkpointCount += 1
          return log.saveCheckpoint(document, checkpoint)
        }),
    }
  }

  async #append(life: Life, batch: readonly AppendEntry[]): Promise<AppendOutcome[]> {
    this.#onAppend()
    const begunAt = Date.now()
    let commits: Commit[] = []
    const outcomes = await this.#call(life, 'append', async () => {
      this.#appendCount += 1
      if (this.#appendCount % (this.#flaws.forgetsEvery ?? Number.POSITIVE_INFINITY) === 0) {
        return this.#pretend(batch)
      }
      const committed = await this.log.append(batch)
      commits = batch.flatMap((entry, index) => {
        const outcome = committed[index]
        return outcome === undefined
          ? []
          : [{ entry, outcome, node: life.name, begunAt, committedAt: Date.now(), isAnswered: false }]
      })
      for (const commit of commits) this.#onCommit(commit)
      return committed
    })
    for (const commit of commits) commit.isAnswered = true
    return outcomes
  }

  async #pretend(batch: readonly AppendEntry[]): Promise<AppendOutcome[]> {
    const heads = await this.log.heads(batch.map(({ document }) => document))
    return batch.map(({ document }) => {
      const head = heads.get(document)
      if (head === undefined) return { state: 'missing' }
      return { state: 'appended', fromVersion: head, toVersion: head, occurredAt: new Date() }
    })
  }

  /** Rights, kept in the same store: everybody may write everywhere. */
  accessOf(life: Life): Pick<Access, 'workspaceAccess'> {
    return {
      workspaceAccess: () =>
        this.#call(life, 'access', async () => ({
          role: 'editor',
          workspaceStatus: 'active',
          workspaceChangedAt: CREATED_AT,
        })),
    }
  }

  /** A process that dies meanwhile never hears; what it asked for happens, or does not. */
  #call<T>(life: Life, name: string, carryOut: () => Promise<T>): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    const fate = this.#fate()
    const diesUnheard = this.#random.below(2) === 0
    const answer = (settle: () => void): void => {
      setTimeout(() => {
        if (life.act()) settle()
      }, fate.afterMs)
    }
    const fail = (): void => answer(() => reject(unavailable()))
    const arrive = async (): Promise<void> => {
      if (life.isOver && diesUnheard) return
      if (this.state === 'away' || fate.fails === 'before') {
        this.#trace.add(`${life.name}: ${name} fails`)
        fail()
        return
      }
      try {
        const result = await carryOut()
        if (!COMMON.has(name))
          this.#trace.add(`${life.name}: ${name} done${fate.fails === 'after' ? ', answer lost' : ''}`)
        // Done, and its author may die before it hears.
        life.act()
        if (fate.fails === 'after') fail()
        // The store may have gone away with the answer.
        else answer(() => (this.state === 'away' ? reject(unavailable()) : resolve(result)))
      } catch (error) {
        answer(() => reject(error))
      }
    }
    if (life.act()) setTimeout(() => void arrive(), fate.beforeMs)
    return promise
  }

  #fate(): Fate {
    const { state } = this
    const base = { beforeMs: this.#random.below(4), afterMs: this.#random.below(4), fails: 'never' as const }
    if (state === 'slow') {
      return { ...base, beforeMs: this.#random.below(300), afterMs: this.#random.below(300) }
    }
    // In flight when the store goes away: nobody knows what became of it.
    if (state === 'away') return { ...base, fails: 'before' }
    if (state === 'up') return base
    const luck = this.#random.below(20)
    if (luck < 2) return { ...base, fails: 'before' }
    if (luck < 5) return { ...base, fails: 'after' }
    if (luck === 5) return { beforeMs: this.#random.below(5_000), afterMs: 0, fails: 'after' }
    if (luck === 6) return { ...base, afterMs: this.#random.below(5_000) }
    return { ...base, beforeMs: this.#random.below(50), afterMs: this.#random.below(50) }
  }
}

const unavailable = (): NexusError => new NexusError('unavailable', 'The store does not answer.')
