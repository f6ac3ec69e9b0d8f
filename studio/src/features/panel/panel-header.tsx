import { ArrowRightLeft, Copy, Ellipsis, History, PencilLine, Redo2, Trash2, Undo2 } from 'lucide-react'
import { type ReactNode, useState, useSyncExternalStore } from 'react'
import type { PanelSummary } from '../../api/shapes.ts'
import { useTask } from '../../react/use-task.ts'
import type { PanelSession } from '../../session/panel-session.ts'
import type { SaveSign } from '../../session/save-sign.ts'
import { useNavigation } from '../../stores/navigation.ts'
import { useWorkspaces } from '../../stores/workspaces.ts'
import { IconButton } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { Menu, MenuItem, MenuSeparator } from '../../ui/menu.tsx'
import { offerUndo } from '../../ui/offer-undo.ts'
import { PanelIcon } from '../../ui/panel-icon.tsx'
import { RenameDialog } from '../../ui/rename-dialog.tsx'
import { showToast } from '../../ui/toasts.ts'
import { PanelHistoryDialog } from '../history/panel-history-dialog.tsx'
import { MoveDialog } from './move-dialog.tsx'
import { SaveMark } from './save-mark.tsx'

interface PanelHeaderProps {
  readonly panel: PanelSummary
  readonly workspaceId: string
  readonly canWrite: boolean
  readonly sign: SaveSign
  readonly session: PanelSession | null
  /** Opens the drawer on narrow screens. */
  readonly drawerButton: ReactNode
  readonly people: ReactNode
  readonly onDeleted: () => void
  readonly onOpenPanel: (panelId: string) => void
}

/** A panel's name, the state of my work, who is here, and what can be done with the panel. */
export function PanelHeader({
  panel,
  workspaceId,
  canWrite,
  sign,
  session,
  drawerButton,
  people,
  onDeleted,
  onOpenPanel,
}: PanelHeaderProps) {
  const renamePanel = useWorkspaces((state) => state.renamePanel)
  const deletePanel = useWorkspaces((state) => state.deletePanel)
  const { duplicatePanel, restorePanel, movePanel } = useWorkspaces()
  const go = useNavigation((state) => state.go)
  const duplicate = useTask(
    async () => onOpenPanel((await duplicatePanel(panel.id)).id),
    'The panel was not duplicated',
  )
  const [asking, setAsking] = useState<'rename' | 'history' | 'move' | 'delete' | null>(null)
  return (
    <header className="sticky top-0 z-20 flex h-13 shrink-0 items-center gap-2 border-b border-line bg-canvas/90 px-3 backdrop-blur-md sm:gap-3 sm:px-5">
      {drawerButton}
      <PanelIcon type={panel.panelType} className="hidden size-4.5 shrink-0 text-accent-ink sm:block" />
      <h1 title={panel.name} className="min-w-0 truncate text-lg font-semibold tracking-tight">
        {panel.name}
      </h1>
      <SaveMark sign={sign} />
      <div className="ml-auto flex items-center gap-1 sm:gap-2">
        {people}
        {session !== null && canWrite && <UndoButtons session={session} />}
        {session !== null && (
          <Menu
            align="end"
            trigger={
              <IconButton label="Panel menu">
                <Ellipsis aria-hidden />
              </IconButton>
            }
          >
            {canWrite && <UndoItems session={session} />}
            {canWrite && (
              <MenuItem icon={<PencilLine aria-hidden />} onSelect={() => setAsking('rename')}>
                Rename panel
              </MenuItem>
            )}
            {canWrite && (
              <MenuItem icon={<Copy aria-hidden />} disabled={duplicate.isBusy} onSelect={duplicate.begin}>
                Duplicate panel
              </MenuItem>
            )}
            {canWrite && (
              <MenuItem icon={<ArrowRightLeft aria-hidden />} onSelect={() => setAsking('move')}>
                Move to another workspace
              </MenuItem>
            )}
            <MenuItem icon={<History aria-hidden />} onSelect={() => setAsking('history')}>
              History
            </MenuItem>
            {canWrite && <MenuSeparator />}
            {canWrite && (
              <MenuItem icon={<Trash2 aria-hidden />} tone="danger" onSelect={() => setAsking('delete')}>
                Delete panel
              </MenuItem>
            )}
          </Menu>
        )}
      </div>
      <RenameDialog
        open={asking === 'rename'}
        onOpenChange={() => setAsking(null)}
        title="Rename panel"
        name={panel.name}
        onRename={(name) => renamePanel(panel.id, name)}
      />
      <PanelHistoryDialog
        open={asking === 'history'}
        onOpenChange={() => setAsking(null)}
        workspaceId={workspaceId}
        panel={panel}
        canWrite={canWrite}
      />
      <MoveDialog
        open={asking === 'move'}
        onOpenChange={() => setAsking(null)}
        panel={panel}
        workspaceId={workspaceId}
        onMove={async (to) => {
          await movePanel(panel.id, to.id)
          onDeleted()
          showToast({
            level: 'success',
            message: `“${panel.name}” is in “${to.name}” now.`,
            action: {
              label: 'Open',
              run: () => go({ at: 'workspace', workspaceId: to.id, panelId: panel.id }),
            },
          })
        }}
      />
      <ConfirmDialog
        open={asking === 'delete'}
        onOpenChange={() => setAsking(null)}
        title={`Delete “${panel.name}”?`}
        description="It disappears for everyone in this workspace. For some weeks it can be brought back."
        confirmLabel="Delete panel"
        onConfirm={async () => {
          await deletePanel(panel.id)
          onDeleted()
          offerUndo({
            message: `“${panel.name}” was deleted.`,
            undo: async () => {
              await restorePanel(panel.id)
              onOpenPanel(panel.id)
            },
          })
        }}
      />
    </header>
  )
}

const useUndo = ({ undo }: PanelSession) => ({
  ...undo,
  canUndo: useSyncExternalStore(undo.subscribe, undo.canUndo),
  canRedo: useSyncExternalStore(undo.subscribe, undo.canRedo),
})

/** On narrow screens, where the buttons have no room. */
function UndoItems({ session }: { session: PanelSession }) {
  const { undo, redo, canUndo, canRedo } = useUndo(session)
  return (
    <div className="sm:hidden">
      <MenuItem icon={<Undo2 aria-hidden />} disabled={!canUndo} onSelect={undo}>
        Undo
      </MenuItem>
      <MenuItem icon={<Redo2 aria-hidden />} disabled={!canRedo} onSelect={redo}>
        Redo
      </MenuItem>
      <MenuSeparator />
    </div>
  )
}

function UndoButtons({ session }: { session: PanelSession }) {
  const { undo, redo, canUndo, canRedo } = useUndo(session)
  return (
    <span className="hidden sm:flex">
      <IconButton label="Undo" onClick={undo} disabled={!canUndo} className="disabled:opacity-40">
        <Undo2 aria-hidden />
      </IconButton>
      <IconButton label="Redo" onClick={redo} disabled={!canRedo} className="disabled:opacity-40">
        <Redo2 aria-hidden />
      </IconButton>
    </span>
  )
}
