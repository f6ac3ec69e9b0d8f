import * as Y from 'yjs'
import { hasMember } from './edits.ts'
import type { Commit } from './simulated-store.ts'

/** Clocks of one Yjs client, `from` included, `to` not. */
interface Span {
  readonly client: number
  readonly from: number
  readonly to: number
}

/** A version that changed nothing. */
interface EmptyVersion {
  readonly commit: Commit
  /** Who committed before what is in it. */
  readonly earlier: readonly Commit[]
}

/**
 * Its author could have known that the log has it all: whoever committed it has heard of that, and had committed it
 * before the author asked for the same.
 */
export const isNeedless = ({ commit, earlier }: EmptyVersion): boolean =>
  earlier.every(({ isAnswered, committedAt }) => isAnswered && committedAt < commit.begunAt)

/** What one document's log says, kept up to date with every commit. */
export class LogReplay {
  readonly doc = new Y.Doc()
  readonly emptyVersions: EmptyVersion[] = []
  /** Versions that build on something that is not in the log before them. */
  readonly incompleteVersions: number[] = []
  readonly #spans: { readonly span: Span; readonly commit: Commit }[] = []
  #hasChanged = false

  constructor(first: Uint8Array) {
    Y.applyUpdate(this.doc, first)
    this.doc.on('update', () => {
      this.#hasChanged = true
    })
  }

  add(commit: Commit): void {
    if (commit.outcome.state !== 'appended') return
    for (const [index, { update }] of commit.entry.updates.entries()) {
      this.#add(commit, update, commit.outcome.fromVersion + index)
    }
  }

  has(key: string): boolean {
    return hasMember(this.doc, key)
  }

  #add(commit: Commit, update: Uint8Array, version: number): void {
    this.#hasChanged = false
    Y.applyUpdate(this.doc, update)
    const { pendingStructs, pendingDs } = this.doc.store
    if (pendingStructs !== null || pendingDs !== null) this.incompleteVersions.push(version)
    const spans = spansOf(update)
    if (!this.#hasChanged) this.emptyVersions.push({ commit, earlier: this.#authorsOf(spans) })
    this.#spans.push(...spans.map((span) => ({ span, commit })))
  }

  #authorsOf(spans: readonly Span[]): Commit[] {
    const overlapping = this.#spans.filter(({ span }) => spans.some((other) => overlap(span, other)))
    return [...new Set(overlapping.map(({ commit }) => commit))]
  }
}

const overlap = (one: Span, other: Span): boolean =>
  one.client === other.client && one.from < other.to && other.from < one.to

/** What an update inserts. */
function spansOf(update: Uint8Array): Span[] {
  return Y.decodeUpdate(update).structs.flatMap((struct) => {
    const { id, length } = struct
    return struct instanceof Y.Skip ? [] : [{ client: id.client, from: id.clock, to: id.clock + length }]
  })
}
