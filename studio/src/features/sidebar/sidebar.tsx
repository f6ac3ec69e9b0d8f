import {
  Archive,
  ArchiveRestore,
  ChevronsUpDown,
  FolderOpen,
  FolderPlus,
  History,
  PencilLine,
  Plus,
  ScrollText,
  Trash,
  Trash2,
  Users,
  X,
} from 'lucide-react'
import type { MouseEvent, ReactElement } from 'react'
import { mayWrite, type PanelSummary, type Workspace } from '../../api/shapes.ts'
import type { Person } from '../../session/people.ts'
import { toPath } from '../../stores/route.ts'
import { classes } from '../../ui/classes.ts'
import { Menu, MenuItem, MenuSeparator } from '../../ui/menu.tsx'
import { PanelIcon } from '../../ui/panel-icon.tsx'

export interface SidebarActions {
  readonly onSwitch: () => void
  readonly onNew: () => void
  readonly onRename: () => void
  readonly onHistory: () => void
  readonly onMembers: () => void
  readonly onAudit: () => void
  readonly onDeletedPanels: () => void
  readonly onArchive: () => void
  readonly onUnarchive: () => void
  readonly onDelete: () => void
  readonly onClose: () => void
  readonly onAddPanel: () => void
  readonly onOpenPanel: (panelId: string) => void
}

interface SidebarProps extends SidebarActions {
  readonly workspace: Workspace
  readonly currentPanelId: string | null
  readonly people: readonly Person[]
  /** The account menu at the foot. */
  readonly foot: ReactElement
}

/** The open workspace: its menu, its panels, who is in which, and the account. */
export function Sidebar({ workspace, currentPanelId, people, foot, ...actions }: SidebarProps) {
  const canWrite = mayWrite(workspace)
  return (
    <div className="flex h-full min-h-0 flex-col bg-sunken">
      <div className="p-2.5">
        <WorkspaceMenu workspace={workspace} {...actions} />
      </div>
      <nav aria-label="Panels" className="flex min-h-0 flex-1 flex-col overflow-y-auto px-2.5">
        <div className="flex items-center justify-between pt-2 pb-1 pl-2">
          <span className="text-xs font-medium text-faint">Panels</span>
          {canWrite && (
            <button
              type="button"
              title="Add panel"
              aria-label="Add panel"
              onClick={actions.onAddPanel}
              className="grid size-7 place-items-center rounded-md text-muted hover:bg-pressed hover:text-ink"
            >
              <Plus aria-hidden className="size-4" />
            </button>
          )}
        </div>
        {workspace.panels.length === 0 ? (
          <p className="px-2 py-1 text-sm text-muted">No panels yet</p>
        ) : (
          <ul className="space-y-px pb-2">
            {workspace.panels.map((panel) => (
              <li key={panel.id}>
                <PanelLink
                  panel={panel}
                  workspaceId={workspace.id}
                  isCurrent={panel.id === currentPanelId}
                  others={people.filter((person) => !person.isMe && person.panelIds.includes(panel.id))}
                  onOpen={actions.onOpenPanel}
                />
              </li>
            ))}
          </ul>
        )}
      </nav>
      <div className="border-t border-line p-2.5">{foot}</div>
    </div>
  )
}

function WorkspaceMenu({
  workspace,
  onSwitch,
  onNew,
  onRename,
  onHistory,
  onMembers,
  onAudit,
  onDeletedPanels,
  onArchive,
  onUnarchive,
  onDelete,
  onClose,
}: Omit<SidebarActions, 'onAddPanel' | 'onOpenPanel'> & { workspace: Workspace }) {
  const isOwner = workspace.role === 'owner'
  return (
    <Menu
      trigger={
        <button
          type="button"
          aria-label={`Workspace menu, ${workspace.name}`}
          title={workspace.name}
          className="flex w-full min-w-0 items-center gap-2.5 rounded-md px-2 py-1.5 text-left hover:bg-pressed data-[state=open]:bg-pressed"
        >
          <span className="grid size-7 shrink-0 place-items-center rounded-md bg-accent text-sm font-semibold text-on-accent">
            {Array.from(workspace.name.trim())[0]?.toUpperCase() ?? '?'}
          </span>
          <span className="line-clamp-2 min-w-0 flex-1 text-sm leading-4.5 font-semibold tracking-tight text-balance break-words">
            {workspace.name}
          </span>
          <ChevronsUpDown aria-hidden className="size-4 shrink-0 text-faint" />
        </button>
      }
    >
      <MenuItem icon={<FolderOpen aria-hidden />} onSelect={onSwitch}>
        Switch workspace
      </MenuItem>
      <MenuItem icon={<FolderPlus aria-hidden />} onSelect={onNew}>
        New workspace
      </MenuItem>
      {isOwner && (
        <MenuItem icon={<PencilLine aria-hidden />} onSelect={onRename}>
          Rename workspace
        </MenuItem>
      )}
      <MenuItem icon={<History aria-hidden />} onSelect={onHistory}>
        History
      </MenuItem>
      <MenuItem icon={<Users aria-hidden />} onSelect={onMembers}>
        Members
      </MenuItem>
      {isOwner && (
        <MenuItem icon={<ScrollText aria-hidden />} onSelect={onAudit}>
          Audit log
        </MenuItem>
      )}
      {mayWrite(workspace) && (
        <MenuItem icon={<Trash aria-hidden />} onSelect={onDeletedPanels}>
          Recently deleted panels
        </MenuItem>
      )}
      <MenuSeparator />
      <MenuItem icon={<X aria-hidden />} onSelect={onClose}>
        Close workspace
      </MenuItem>
      {isOwner && workspace.status !== 'archived' && (
        <MenuItem icon={<Archive aria-hidden />} onSelect={onArchive}>
          Archive workspace
        </MenuItem>
      )}
      {isOwner && workspace.status === 'archived' && (
        <MenuItem icon={<ArchiveRestore aria-hidden />} onSelect={onUnarchive}>
          Unarchive workspace
        </MenuItem>
      )}
      {isOwner && (
        <MenuItem icon={<Trash2 aria-hidden />} tone="danger" onSelect={onDelete}>
          Delete workspace
        </MenuItem>
      )}
    </Menu>
  )
}

interface PanelLinkProps {
  readonly panel: PanelSummary
  readonly workspaceId: string
  readonly isCurrent: boolean
  readonly others: readonly Person[]
  readonly onOpen: (panelId: string) => void
}

function PanelLink({ panel, workspaceId, isCurrent, others, onOpen }: PanelLinkProps) {
  const open = (event: MouseEvent): void => {
    // A new tab or window is the browser's business.
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return
    event.preventDefault()
    onOpen(panel.id)
  }
  return (
    <a
      href={toPath({ at: 'workspace', workspaceId, panelId: panel.id })}
      onClick={open}
      aria-current={isCurrent ? 'page' : undefined}
      title={panel.name}
      className={classes(
        'flex min-h-8 items-center gap-2.5 rounded-md px-2 text-sm transition-colors duration-75',
        isCurrent ? 'bg-raised font-medium text-ink shadow-sm' : 'text-muted hover:bg-pressed hover:text-ink',
      )}
    >
      <PanelIcon
        type={panel.panelType}
        className={classes('size-4 shrink-0', isCurrent ? 'text-accent-ink' : 'text-faint')}
      />
      <span className="min-w-0 flex-1 truncate">{panel.name}</span>
      {others.length > 0 && (
        <span title={others.map(({ name }) => name).join(', ')} className="flex -space-x-0.5">
          <span className="sr-only">, with {others.map(({ name }) => name).join(', ')}</span>
          {others.slice(0, 3).map(({ id, colour }) => (
            <span
              key={id}
              aria-hidden
              className="size-2 rounded-full ring-2 ring-sunken"
              style={{ backgroundColor: colour }}
            />
          ))}
        </span>
      )}
    </a>
  )
}
