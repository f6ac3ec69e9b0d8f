import { create } from 'zustand'
import type { PanelVersion } from '../api/history-shapes.ts'
import { messageOf } from '../api/problem.ts'
import { api } from './api.ts'

/** Versions asked for at a time. */
const PAGE = 50

interface Place {
  readonly workspaceId: string
  readonly panelId: string
}

type Versions =
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly message: string }
  | {
      readonly state: 'ready'
      readonly items: readonly PanelVersion[]
      /** There are none before the last of them. */
      readonly isWhole: boolean
      /** By user id. */
      readonly names: ReadonlyMap<string, string>
    }

interface PanelHistoryStore {
  readonly place: Place | null
  readonly versions: Versions
  /** Reads the newest versions of a panel. */
  load(place: Place): Promise<void>
  /** Reads those before the last one known. @throws {ApiError} */
  loadOlder(): Promise<void>
  /** Makes the panel what it was at a version, by a new one. @throws {ApiError} */
  revert(version: number): Promise<void>
}

/** The versions of the panel on the screen. */
export const usePanelHistory = create<PanelHistoryStore>()((set, get) => {
  const placeOf = (): Place => {
    const { place } = get()
    if (place === null) throw new Error('No history is open.')
    return place
  }
  return {
    place: null,
    versions: { state: 'loading' },
    load: async (place) => {
      set({ place, versions: { state: 'loading' } })
      try {
        const [items, names] = await Promise.all([
          api.listVersions(place, { limit: PAGE, offset: 0 }),
          api.memberNames(place.workspaceId),
        ])
        if (get().place === place)
          set({ versions: { state: 'ready', items, isWhole: items.length < PAGE, names } })
      } catch (error) {
        if (get().place === place) set({ versions: { state: 'failed', message: messageOf(error) } })
      }
    },
    loadOlder: async () => {
      const { versions } = get()
      if (versions.state !== 'ready') return
      const older = await api.listVersions(placeOf(), { limit: PAGE, offset: versions.items.length })
      if (get().versions !== versions) return
      // Newer ones have come meanwhile: pages overlap then.
      const last = versions.items.at(-1)?.version ?? Number.POSITIVE_INFINITY
      const items = [...versions.items, ...older.filter(({ version }) => version < last)]
      set({ versions: { ...versions, items, isWhole: older.length < PAGE } })
    },
    revert: (version) => api.revert(placeOf(), version),
  }
})
