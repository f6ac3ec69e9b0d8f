import { create } from 'zustand'
import { isApiError, messageOf } from '../api/problem.ts'
import type { LibraryEntry, PanelSummary, Workspace, WorkspaceSummary } from '../api/shapes.ts'
import { api } from './api.ts'
import { freeName } from './free-name.ts'

/** The workspace on the screen. */
type OpenWorkspace =
  | { readonly state: 'none' }
  | { readonly state: 'opening'; readonly id: string }
  | { readonly state: 'open'; readonly id: string; readonly workspace: Workspace }
  /** Deleted, or never ours. `wasOpen`: it went away under the person's eyes. */
  | { readonly state: 'missing'; readonly id: string; readonly wasOpen: boolean }
  | { readonly state: 'failed'; readonly id: string; readonly message: string }

type WorkspaceList =
  | { readonly state: 'loading' }
  | { readonly state: 'ready'; readonly items: readonly WorkspaceSummary[] }
  | { readonly state: 'failed'; readonly message: string }

interface WorkspacesStore {
  readonly list: WorkspaceList
  readonly open: OpenWorkspace
  loadList(): Promise<void>
  openWorkspace(id: string): Promise<void>
  closeWorkspace(): void
  /** Reads the open workspace again; a failure on the way leaves what is shown. */
  refresh(): Promise<void>
  createWorkspace(workspace: { name: string; description?: string }): Promise<WorkspaceSummary>
  renameWorkspace(id: string, name: string): Promise<void>
  /** Afterwards it can be read and not changed. */
  archiveWorkspace(id: string): Promise<void>
  /** Takes {@link archiveWorkspace} back. */
  unarchiveWorkspace(id: string): Promise<void>
  deleteWorkspace(id: string): Promise<void>
  /** Takes {@link deleteWorkspace} back. */
  restoreWorkspace(id: string): Promise<void>
  addPanel(entry: LibraryEntry | null): Promise<PanelSummary>
  renamePanel(id: string, name: string): Promise<void>
  deletePanel(id: string): Promise<void>
  /** Takes {@link deletePanel} back. */
  restorePanel(id: string): Promise<void>
  duplicatePanel(id: string): Promise<PanelSummary>
  /** To another workspace of the same owner. */
  movePanel(id: string, workspaceId: string): Promise<void>
}

const byPosition = (workspace: Workspace): Workspace => ({
  ...workspace,
  panels: workspace.panels.toSorted((a, b) => a.position - b.position || a.id.localeCompare(b.id)),
})

const withPanel =
  (panel: PanelSummary) =>
  (workspace: Workspace): Workspace => ({
    ...workspace,
    panels: [...workspace.panels.filter(({ id }) => id !== panel.id), panel],
  })

const withoutPanel =
  (id: string) =>
  (workspace: Workspace): Workspace => ({
    ...workspace,
    panels: workspace.panels.filter((panel) => panel.id !== id),
  })

/** An owner who opens what was put aside uses it again; what was archived stays so until they say otherwise. */
const readOrWake = async (id: string): Promise<Workspace> => {
  const workspace = await api.readWorkspace(id)
  return workspace.status === 'suspended' && workspace.role === 'owner'
    ? await api.activateWorkspace(id)
    : workspace
}

export const useWorkspaces = create<WorkspacesStore>()((set, get) => {
  const openId = (): string | null => {
    const { open } = get()
    return open.state === 'none' ? null : open.id
  }

  /** Shows `workspace` if it is still the one asked for and differs from what is shown. */
  const show = (workspace: Workspace): void => {
    if (openId() !== workspace.id) return
    const { open } = get()
    const next = byPosition(workspace)
    if (open.state === 'open' && JSON.stringify(open.workspace) === JSON.stringify(next)) return
    set({ open: { state: 'open', id: workspace.id, workspace: next } })
  }

  const edit = (change: (workspace: Workspace) => Workspace): void => {
    const { open } = get()
    if (open.state === 'open') show(change(open.workspace))
  }

  return {
    list: { state: 'loading' },
    open: { state: 'none' },
    loadList: async () => {
      try {
        set({ list: { state: 'ready', items: await api.listWorkspaces() } })
      } catch (error) {
        set({ list: { state: 'failed', message: messageOf(error) } })
      }
    },
    openWorkspace: async (id) => {
      set({ open: { state: 'opening', id } })
      try {
        show(await readOrWake(id))
      } catch (error) {
        if (openId() !== id) return
        const isMissing = isApiError(error) && (error.status === 404 || error.status === 403)
        set({
          open: isMissing
            ? { state: 'missing', id, wasOpen: false }
            : { state: 'failed', id, message: messageOf(error) },
        })
      }
    },
    closeWorkspace: () => set({ open: { state: 'none' } }),
    refresh: async () => {
      const id = openId()
      if (id === null || get().open.state !== 'open') return
      try {
        show(await api.readWorkspace(id))
      } catch (error) {
        if (isApiError(error, 'not_found') && openId() === id)
          set({ open: { state: 'missing', id, wasOpen: true } })
      }
    },
    createWorkspace: async (workspace) => {
      const created = await api.createWorkspace(workspace)
      void get().loadList()
      return created
    },
    renameWorkspace: async (id, name) => {
      await api.changeWorkspace(id, { name })
      edit((workspace) => (workspace.id === id ? { ...workspace, name } : workspace))
      void get().loadList()
    },
    archiveWorkspace: async (id) => {
      await api.changeWorkspace(id, { status: 'archived' })
      edit((workspace) => (workspace.id === id ? { ...workspace, status: 'archived' } : workspace))
      void get().loadList()
    },
    unarchiveWorkspace: async (id) => {
      show(await api.activateWorkspace(id))
      void get().loadList()
    },
    deleteWorkspace: async (id) => {
      await api.deleteWorkspace(id)
      if (openId() === id) set({ open: { state: 'none' } })
      void get().loadList()
    },
    restoreWorkspace: async (id) => {
      await api.restoreDeletedWorkspace(id)
      void get().loadList()
    },
    addPanel: async (entry) => {
      const { open } = get()
      if (open.state !== 'open') throw new Error('Open a workspace first.')
      const names = open.workspace.panels.map((panel) => panel.name)
      const panel = await api.createPanel({
        workspaceId: open.id,
        name: freeName(entry?.title ?? 'Free-form data', names),
        panelType: entry?.id ?? 'free-form',
        ...(entry === null ? {} : { nxmlSource: entry.source }),
      })
      edit(withPanel(panel))
      return panel
    },
    restorePanel: async (id) => edit(withPanel(await api.restorePanel(id))),
    movePanel: async (id, workspaceId) => {
      await api.movePanel(id, workspaceId)
      edit(withoutPanel(id))
    },
    duplicatePanel: async (id) => {
      const panel = await api.duplicatePanel(id)
      edit(withPanel(panel))
      return panel
    },
    renamePanel: async (id, name) => {
      await api.renamePanel(id, name)
      edit((workspace) => ({
        ...workspace,
        panels: workspace.panels.map((panel) => (panel.id === id ? { ...panel, name } : panel)),
      }))
    },
    deletePanel: async (id) => {
      await api.deletePanel(id)
      edit(withoutPanel(id))
    },
  }
})

/** How often the open workspace's names and panels are read again while the page is shown, ms: for notices that were lost. */
const REFRESH_EVERY_MS = 30_000

/** Keeps names and panels current for changes made elsewhere. @returns Stops. */
export function keepWorkspaceCurrent(): () => void {
  const refresh = () => {
    if (document.visibilityState === 'visible') void useWorkspaces.getState().refresh()
  }
  const timer = setInterval(refresh, REFRESH_EVERY_MS)
  window.addEventListener('focus', refresh)
  document.addEventListener('visibilitychange', refresh)
  return () => {
    clearInterval(timer)
    window.removeEventListener('focus', refresh)
    document.removeEventListener('visibilitychange', refresh)
  }
}
