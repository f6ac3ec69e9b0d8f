import type { DocumentName, StateAtVersion, Version } from '@nexus/core'
import { LRUCache } from 'lru-cache'

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
  // No room at all is room for nothing: every state takes more than one character.
  const states = new LRUCache<string, StateAtVersion>({
    maxSize: Math.max(1, maxChars),
    sizeCalculation: sizeOf,
  })
  return {
    get: (document, version) => states.get(keyOf(document, version)) ?? null,
    put: (document, state) => {
      states.set(keyOf(document, state.version), state)
    },
    get size() {
      return states.size
    },
    get chars() {
      return states.calculatedSize
    },
    clear: () => states.clear(),
  }
}

const keyOf = (document: DocumentName, version: Version): string => `${document}@${version}`

/** An empty state costs something too. */
const sizeOf = (state: StateAtVersion): number => 200 + state.json.length + (state.source?.length ?? 0)
