import {
  type DocumentName,
  isNexusError,
  NO_VERSION,
  toVersion,
  type UpdateLog,
  type Version,
} from '@nexus/core'
import { type Blame, createBlame } from '@nexus/core/document'
import { LRUCache } from 'lru-cache'
import { patchesOf } from './panel-patches.ts'
import type { PastDocuments } from './past-documents.ts'

/** Blames that are kept and carried on from where they were; the whole history is read for any other. */
const MAX_KEPT = 16
/** Values, objects and lists in all of them; each takes about 100 bytes. */
const MAX_KEPT_PLACES = 1_000_000

export interface BlameAt {
  readonly blame: Blame
  readonly version: Version
}

/** Who set what in panels, from their whole history. */
export interface Blames {
  /** As of `head` or newer. To be read before anything else is awaited: it is carried on for the next who asks. */
  read(document: DocumentName, head: Version): Promise<BlameAt>
  /** The next who asks gets it from the history as it is now: what is kept names versions that are thinned out. */
  forget(document: DocumentName): void
  /** Lets go of what is kept. */
  clear(): void
}

const anew = (): BlameAt => ({ blame: createBlame(), version: NO_VERSION })

export function createBlames(parts: { readonly log: UpdateLog; readonly past: PastDocuments }): Blames {
  const kept = new LRUCache<DocumentName, Promise<BlameAt>>({ max: MAX_KEPT, maxSize: MAX_KEPT_PLACES })

  async function carriedOn(document: DocumentName, known: Promise<BlameAt>, head: Version): Promise<BlameAt> {
    // The one before may have stopped half-way; that is no reason to refuse this one.
    const { blame, version } = await known.catch(anew)
    if (version >= head) return { blame, version }
    try {
      return await carryOn(document, { blame, version }, head)
    } catch (error) {
      // What is kept ends at a version that has been thinned out since.
      if (version === NO_VERSION || !isNexusError(error, 'not_found')) throw error
      return carryOn(document, anew(), head)
    }
  }

  async function carryOn(
    document: DocumentName,
    { blame, version }: BlameAt,
    head: Version,
  ): Promise<BlameAt> {
    const from = toVersion(version + 1)
    for await (const made of patchesOf(parts, { document, from, to: head })) {
      blame.note(made.version, made.patch)
    }
    return { blame, version: head }
  }

  return {
    clear: () => kept.clear(),
    forget: (document) => void kept.delete(document),
    read(document, head) {
      // One after the other: each carries on what the one before has left.
      const known = kept.get(document) ?? Promise.resolve(anew())
      const next = carriedOn(document, known, head)
      kept.set(document, next, { size: 1 })
      next.then(
        ({ blame }) => {
          if (kept.peek(document) === next) kept.set(document, next, { size: blame.count() })
        },
        () => {
          // It may have stopped half-way.
          if (kept.peek(document) === next) kept.delete(document)
        },
      )
      return next
    },
  }
}
