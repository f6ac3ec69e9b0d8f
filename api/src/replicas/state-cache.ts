import type { DocumentName, Version } from '@nexus/core'

/** What programs see of a panel at one version. */
export interface StateAtVersion {
  readonly version: Version
  /** `{"$state": …, "$computed": …}` as JSON text. */
  readonly json: string
  /** NXML text; `null` for a free-form panel. */
  readonly source: string | null
  /** When the version was saved. */
  readonly updatedAt: Date
}

/** States of versions, which never change; the ones not asked for longest go first. */
interface StateCache {
  get(document: DocumentName, version: Version): StateAtVersion | null
  put(document: DocumentName, state: StateAtVersion): void
  clear(): void
}

/** @param maxChars - Of JSON and source text together. */
export function createStateCache({ maxChars }: { readonly maxChars: number }): StateCache {
  const states = new Map<string, StateAtVersion>()
  let chars = 0
  const remove = (key: string): void => {
    const state = states.get(key)
    if (state === undefined) return
    states.delete(key)
    chars -= sizeOf(state)
  }
  return {
    get: (document, version) => {
      const key = keyOf(document, version)
      const state = states.get(key)
      if (state === undefined) return null
      states.delete(key)
      states.set(key, state)
      return state
    },
    put: (document, state) => {
      const key = keyOf(document, state.version)
      remove(key)
      if (sizeOf(state) > maxChars) return
      states.set(key, state)
      chars += sizeOf(state)
      for (const oldest of states.keys()) {
        if (chars <= maxChars) break
        remove(oldest)
      }
    },
    clear() {
      states.clear()
      chars = 0
    },
  }
}

const keyOf = (document: DocumentName, version: Version): string => `${document}@${version}`

/** An empty state costs something too. */
const sizeOf = (state: StateAtVersion): number => 200 + state.json.length + (state.source?.length ?? 0)
