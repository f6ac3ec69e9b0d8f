import type { StateAtVersion, StateCache } from '../ports/state-cache.ts'
import type { DocumentName } from '../wire/document-name.ts'

/** For several services of one process, and for tests. Keeps one state of each document without a limit. */
export function createMemoryStateCache(): StateCache {
  const states = new Map<DocumentName, StateAtVersion>()
  let isClosed = false
  return {
    get: async (document, { version, updatedAt }) => {
      const state = states.get(document)
      const isWanted = state?.version === version && state.updatedAt.getTime() === updatedAt.getTime()
      return isWanted ? state : null
    },
    put(document, state) {
      if (!isClosed) states.set(document, state)
    },
    async close() {
      isClosed = true
      states.clear()
    },
  }
}
