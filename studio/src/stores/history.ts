import { create } from 'zustand'
import type { Commit, FileDiff, Restoration } from '../api/history-shapes.ts'
import { messageOf } from '../api/problem.ts'
import { api } from './api.ts'

/** Commits asked for at a time. */
const PAGE = 50

type Commits =
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly message: string }
  | {
      readonly state: 'ready'
      readonly items: readonly Commit[]
      /** There are none before the last of them. */
      readonly isWhole: boolean
    }

type Diff =
  | { readonly state: 'none' }
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly message: string }
  | { readonly state: 'ready'; readonly files: readonly FileDiff[] }

interface HistoryStore {
  readonly workspaceId: string | null
  readonly commits: Commits
  /** The commit that is looked at. */
  readonly selected: string | null
  readonly diff: Diff
  /** Reads the newest commits of a workspace, and looks at none. */
  load(workspaceId: string): Promise<void>
  /** Reads those before the last one known. @throws {ApiError} */
  loadOlder(): Promise<void>
  select(hash: string | null): Promise<void>
  /** Commits the workspace as it is, if it differs from the newest commit. @throws {ApiError} */
  commitNow(): Promise<void>
  /** What {@link restore} would do. @throws {ApiError} */
  preview(hash: string): Promise<Restoration>
  /** Makes the workspace what it was at a commit, by new versions, after a commit of what it is. @throws {ApiError} */
  restore(hash: string): Promise<Restoration>
}

const NOTHING = { selected: null, diff: { state: 'none' } } as const

/** The commits of the open workspace, and what one of them did. */
export const useHistory = create<HistoryStore>()((set, get) => {
  const idOf = (): string => {
    const { workspaceId } = get()
    if (workspaceId === null) throw new Error('No history is open.')
    return workspaceId
  }
  const load = async (workspaceId: string): Promise<void> => {
    try {
      const items = await api.listCommits(workspaceId, { limit: PAGE })
      if (get().workspaceId === workspaceId)
        set({ commits: { state: 'ready', items, isWhole: items.length < PAGE } })
    } catch (error) {
      if (get().workspaceId === workspaceId) set({ commits: { state: 'failed', message: messageOf(error) } })
    }
  }
  return {
    workspaceId: null,
    commits: { state: 'loading' },
    ...NOTHING,
    load: async (workspaceId) => {
      set({ workspaceId, commits: { state: 'loading' }, ...NOTHING })
      await load(workspaceId)
    },
    loadOlder: async () => {
      const { commits } = get()
      const workspaceId = idOf()
      if (commits.state !== 'ready') return
      const last = commits.items.at(-1)
      if (last === undefined) return
      const older = await api.listCommits(workspaceId, { limit: PAGE, before: last.hash })
      if (get().commits === commits)
        set({
          commits: { state: 'ready', items: [...commits.items, ...older], isWhole: older.length < PAGE },
        })
    },
    select: async (hash) => {
      set({ selected: hash, diff: { state: hash === null ? 'none' : 'loading' } })
      if (hash === null) return
      const isStill = (): boolean => get().selected === hash
      try {
        const files = await api.readCommitDiff(idOf(), hash)
        if (isStill()) set({ diff: { state: 'ready', files } })
      } catch (error) {
        if (isStill()) set({ diff: { state: 'failed', message: messageOf(error) } })
      }
    },
    commitNow: async () => {
      const workspaceId = idOf()
      await api.createSnapshot(workspaceId)
      await load(workspaceId)
    },
    preview: (hash) => api.restore(idOf(), { gitCommit: hash, preview: true }),
    // What is here now gets a commit of its own first: that is the way back.
    restore: (hash) => api.restore(idOf(), { gitCommit: hash, createSnapshot: true }),
  }
})
