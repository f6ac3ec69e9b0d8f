import {
  type DocumentName,
  isNexusError,
  NO_VERSION,
  toVersion,
  type UpdateLog,
  type Version,
} from '@nexus/core'
import { type Blame, createBlame } from '@nexus/core/document'
import { patchesOf } from './panel-patches.ts'
import type { PastDocuments } from './past-documents.ts'

/** Documents whose blame is kept and carried on from where it was; the whole history is read for any other. */
const MAX_KEPT = 16

export interface BlameAt {
  readonly blame: Blame
  readonly version: Version
}

/** Who set what in panels, from their whole history. */
export interface Blames {
  /** As of `head` or newer. To be read before anything else is awaited: it is carried on for the next who asks. */
  read(document: DocumentName, head: Version): Promise<BlameAt>
  /** Lets go of what is kept. */
  clear(): void
}

const anew = (): BlameAt => ({ blame: createBlame(), version: NO_VERSION })

export function createBlames(parts: { readonly log: UpdateLog; readonly past: PastDocuments }): Blames {
  const kept = new Map<DocumentName, Promise<BlameAt>>()

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
    read(document, head) {
      // One after the other: each carries on what the one before has left.
      const known = kept.get(document) ?? Promise.resolve(anew())
      const next = carriedOn(document, known, head)
      kept.delete(document)
      kept.set(document, next)
      next.catch(() => {
        // It may have stopped half-way.
        if (kept.get(document) === next) kept.delete(document)
      })
      const oldest = kept.keys().next()
      if (kept.size > MAX_KEPT && !oldest.done) kept.delete(oldest.value)
      return next
    },
  }
}
