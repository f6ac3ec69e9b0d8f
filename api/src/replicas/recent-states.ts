import type { DocumentName, StateAtVersion, Version } from '@nexus/core'

/** States of versions, which never change; the ones not asked for longest go first. */
export interface RecentStates {
  get(document: DocumentName, version: Version): StateAtVersion | null
  put(document: DocumentName, state: StateAtVersion): void
  clear(): void
  readonly size: number
  readonly chars: number
}

/** @param maxChars - Of JSON and source text together. */
export function createRecentStates({ maxChars }: { readonly maxChars: number }): RecentStates {
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
    get size() {
      return states.size
    },
    get chars() {
      return chars
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
