import { Archive, LayoutGrid, Menu as MenuIcon, Plus } from 'lucide-react'
import { Dialog } from 'radix-ui'
import { type ReactElement, useCallback, useEffect, useState } from 'react'
import { mayWrite, type Workspace } from '../api/shapes.ts'
import { AddPanelDialog } from '../features/add-panel/add-panel-dialog.tsx'
import { AuditDialog } from '../features/audit/audit-dialog.tsx'
import { DeletedDialog } from '../features/deleted/deleted-dialog.tsx'
import { HistoryDialog } from '../features/history/history-dialog.tsx'
import { MembersDialog } from '../features/members/members-dialog.tsx'
import { PeopleList } from '../features/presence/people-list.tsx'
import { Sidebar, type SidebarActions } from '../features/sidebar/sidebar.tsx'
import { usePeople } from '../react/use-live.ts'
import { useTask } from '../react/use-task.ts'
import { api } from '../stores/api.ts'
import { useNavigation } from '../stores/navigation.ts'
import { rememberedPanel, rememberPanel } from '../stores/remembered.ts'
import { useWorkspaces } from '../stores/workspaces.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { offerUndo } from '../ui/offer-undo.ts'
import { RenameDialog } from '../ui/rename-dialog.tsx'
import { useReturnFocus } from '../ui/use-return-focus.ts'
import { PanelPage } from './panel-page.tsx'

interface WorkspacePageProps {
  readonly workspace: Workspace
  /** From the address; `null` for the workspace alone. */
  readonly panelId: string | null
  readonly account: ReactElement
  /** Of the person. */
  readonly accountId: string
  readonly onSwitch: () => void
  readonly onNew: () => void
  /** Back to the launcher. */
  readonly onLeave: () => void
}

/** An open workspace: the side bar (a drawer on narrow screens) and one panel. */
export function WorkspacePage({
  workspace,
  panelId,
  account,
  accountId,
  onSwitch,
  onNew,
  onLeave,
}: WorkspacePageProps) {
  const go = useNavigation((state) => state.go)
  const renameWorkspace = useWorkspaces((state) => state.renameWorkspace)
  const archiveWorkspace = useWorkspaces((state) => state.archiveWorkspace)
  const unarchiveWorkspace = useWorkspaces((state) => state.unarchiveWorkspace)
  const deleteWorkspace = useWorkspaces((state) => state.deleteWorkspace)
  const restoreWorkspace = useWorkspaces((state) => state.restoreWorkspace)
  const restorePanel = useWorkspaces((state) => state.restorePanel)
  const loadDeletedPanels = useCallback(() => api.listDeletedPanels(workspace.id), [workspace.id])
  const people = usePeople()
  const [asking, setAsking] = useState<
    'add' | 'rename' | 'history' | 'members' | 'audit' | 'deleted' | 'delete' | null
  >(null)
  const [isDrawerOpen, setDrawerOpen] = useState(false)
  const panel = workspace.panels.find(({ id }) => id === panelId) ?? null
  const archive = useTask(() => archiveWorkspace(workspace.id), 'The workspace was not archived')
  const unarchive = useTask(() => unarchiveWorkspace(workspace.id), 'The workspace is still archived')

  useEffect(() => {
    if (panel === null) document.title = `${workspace.name} · Nexus`
    else rememberPanel(workspace.id, panel.id)
  }, [panel, workspace.id, workspace.name])

  // Without a panel in the address, or with one that has gone: the last one looked at, or the first.
  const fallbackId =
    panel === null
      ? ((workspace.panels.find(({ id }) => id === rememberedPanel(workspace.id)) ?? workspace.panels[0])
          ?.id ?? null)
      : null
  useEffect(() => {
    if (panel !== null || (fallbackId === null && panelId === null)) return
    go({ at: 'workspace', workspaceId: workspace.id, panelId: fallbackId }, { replace: true })
  }, [panel, fallbackId, panelId, workspace.id, go])

  const openPanel = (id: string): void => {
    setDrawerOpen(false)
    go({ at: 'workspace', workspaceId: workspace.id, panelId: id })
  }
  const fromDrawer = (action: () => void) => (): void => {
    setDrawerOpen(false)
    action()
  }
  const actions: SidebarActions = {
    onSwitch: fromDrawer(onSwitch),
    onNew: fromDrawer(onNew),
    onRename: fromDrawer(() => setAsking('rename')),
    onHistory: fromDrawer(() => setAsking('history')),
    onMembers: fromDrawer(() => setAsking('members')),
    onAudit: fromDrawer(() => setAsking('audit')),
    onDeletedPanels: fromDrawer(() => setAsking('deleted')),
    onArchive: fromDrawer(archive.begin),
    onUnarchive: fromDrawer(unarchive.begin),
    onDelete: fromDrawer(() => setAsking('delete')),
    onClose: fromDrawer(onLeave),
    onAddPanel: fromDrawer(() => setAsking('add')),
    onOpenPanel: openPanel,
  }
  const sidebar = (
    <Sidebar
      workspace={workspace}
      currentPanelId={panel?.id ?? null}
      people={people}
      foot={account}
      {...actions}
    />
  )
  const drawerButton = (
    <IconButton label="Open navigation" onClick={() => setDrawerOpen(true)} className="-ml-1 md:hidden">
      <MenuIcon aria-hidden />
    </IconButton>
  )

  return (
    <div className="flex h-full">
      <a
        href="#panel"
        className="absolute top-2 left-2 z-30 -translate-y-16 rounded-md bg-raised px-3 py-2 text-sm font-medium shadow-md focus:translate-y-0"
      >
        Skip to the panel
      </a>
      <aside aria-label="Workspace" className="hidden w-62 shrink-0 border-r border-line md:block">
        {sidebar}
      </aside>
      <Drawer open={isDrawerOpen} onOpenChange={setDrawerOpen}>
        {sidebar}
      </Drawer>
      <main id="panel" tabIndex={-1} className="flex min-w-0 flex-1 flex-col overflow-y-auto outline-none">
        {workspace.status === 'archived' && (
          <ArchivedNotice
            isOwner={workspace.role === 'owner'}
            isBusy={unarchive.isBusy}
            onUnarchive={unarchive.begin}
          />
        )}
        {panel === null ? (
          <>
            <header className="flex h-13 shrink-0 items-center gap-2 border-b border-line px-3 sm:px-5">
              {drawerButton}
              <h1 className="min-w-0 truncate text-lg font-semibold tracking-tight">{workspace.name}</h1>
              <div className="ml-auto">
                <PeopleList people={people} label="People in this workspace" />
              </div>
            </header>
            {workspace.panels.length === 0 && (
              <div className="grid flex-1 place-items-center">
                <EmptyState
                  icon={<LayoutGrid aria-hidden />}
                  title="No Active Panels"
                  action={
                    mayWrite(workspace) && (
                      <Button variant="primary" onClick={() => setAsking('add')}>
                        <Plus aria-hidden className="size-4" />
                        Add a panel
                      </Button>
                    )
                  }
                >
                  Panels are small live applications: notes, tasks, boards, polls. Everyone here edits them
                  together.
                </EmptyState>
              </div>
            )}
          </>
        ) : (
          <PanelPage
            workspace={workspace}
            panel={panel}
            drawerButton={drawerButton}
            onOpenPanel={openPanel}
            onDeleted={() =>
              go({ at: 'workspace', workspaceId: workspace.id, panelId: null }, { replace: true })
            }
          />
        )}
      </main>

      <AddPanelDialog
        open={asking === 'add'}
        onOpenChange={() => setAsking(null)}
        onAdded={(added) => {
          setAsking(null)
          openPanel(added.id)
        }}
      />
      <RenameDialog
        open={asking === 'rename'}
        onOpenChange={() => setAsking(null)}
        title="Rename workspace"
        name={workspace.name}
        onRename={(name) => renameWorkspace(workspace.id, name)}
      />
      <DeletedDialog
        open={asking === 'deleted'}
        onOpenChange={() => setAsking(null)}
        description={`Panels of “${workspace.name}”. They come back with their whole history.`}
        emptyText="Panels that are deleted stay here for a while."
        load={loadDeletedPanels}
        onRestore={async ({ id }) => {
          await restorePanel(id)
          openPanel(id)
        }}
      />
      <HistoryDialog open={asking === 'history'} onOpenChange={() => setAsking(null)} workspace={workspace} />
      <MembersDialog
        open={asking === 'members'}
        onOpenChange={() => setAsking(null)}
        workspace={workspace}
        accountId={accountId}
        onLeft={onLeave}
      />
      <AuditDialog open={asking === 'audit'} onOpenChange={() => setAsking(null)} workspace={workspace} />
      <ConfirmDialog
        open={asking === 'delete'}
        onOpenChange={() => setAsking(null)}
        title={`Delete “${workspace.name}”?`}
        description="The workspace and its panels disappear for everyone. For some weeks you can bring them back."
        confirmLabel="Delete workspace"
        onConfirm={async () => {
          await deleteWorkspace(workspace.id)
          onLeave()
          offerUndo({
            message: `“${workspace.name}” was deleted.`,
            undo: async () => {
              await restoreWorkspace(workspace.id)
              go({ at: 'workspace', workspaceId: workspace.id, panelId: null })
            },
          })
        }}
      />
    </div>
  )
}

const ArchivedNotice = ({
  isOwner,
  isBusy,
  onUnarchive,
}: {
  isOwner: boolean
  isBusy: boolean
  onUnarchive: () => void
}) => (
  <div
    role="status"
    className="flex shrink-0 flex-wrap items-center gap-x-3 gap-y-1.5 border-b border-line bg-info-soft px-3 py-2 text-sm text-info sm:px-5"
  >
    <Archive aria-hidden className="size-4 shrink-0" />
    <p className="min-w-0 flex-1">This workspace is archived: it can be read, not changed.</p>
    {isOwner && (
      <Button size="sm" busy={isBusy} onClick={onUnarchive}>
        Unarchive
      </Button>
    )}
  </div>
)

function Drawer({
  open,
  onOpenChange,
  children,
}: {
  open: boolean
  onOpenChange: (open: boolean) => void
  children: ReactElement
}) {
  const returnFocus = useReturnFocus(open)
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-30 animate-fade-in bg-scrim md:hidden" />
        <Dialog.Content
          aria-describedby={undefined}
          onCloseAutoFocus={returnFocus}
          className="fixed inset-y-0 left-0 z-30 w-72 max-w-[85vw] animate-slide-in border-r border-line shadow-lg focus:outline-none md:hidden"
        >
          <Dialog.Title className="sr-only">Navigation</Dialog.Title>
          {children}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
