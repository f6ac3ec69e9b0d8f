import { Archive, Check, FolderOpen, Plus, Trash2 } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { WorkspaceSummary } from '../../api/shapes.ts'
import { useWorkspaces } from '../../stores/workspaces.ts'
import { Button } from '../../ui/button.tsx'
import { classes } from '../../ui/classes.ts'
import { Dialog, DialogFooter } from '../../ui/dialog.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { SearchField } from '../../ui/search-field.tsx'
import { matchingWorkspaces } from './matching-workspaces.ts'

interface SelectorDialogProps {
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
  readonly currentId: string | null
  readonly onChoose: (id: string) => void
  readonly onCreate: () => void
  readonly onDeleted: () => void
}

const panelCountText = (count: number): string => (count === 1 ? '1 panel' : `${count} panels`)

const Row = ({
  item,
  isCurrent,
  onChoose,
}: {
  item: WorkspaceSummary
  isCurrent: boolean
  onChoose: () => void
}) => (
  <li>
    <button
      type="button"
      onClick={onChoose}
      aria-label={`${item.name}, ${panelCountText(item.panelCount)}`}
      aria-current={isCurrent ? 'true' : undefined}
      className="flex w-full items-center gap-3 rounded-md px-2.5 py-2 text-left hover:bg-hover focus-visible:-outline-offset-2"
    >
      <span className="grid size-9 shrink-0 place-items-center rounded-md bg-accent-soft text-sm font-semibold text-accent-ink">
        {Array.from(item.name.trim())[0]?.toUpperCase() ?? '?'}
      </span>
      <span className="min-w-0 flex-1">
        <span className="flex items-center gap-2 text-base font-medium">
          <span className="truncate">{item.name}</span>
          {item.status === 'archived' && <Archive aria-hidden className="size-3.5 shrink-0 text-faint" />}
        </span>
        {item.description !== '' && (
          <span className="block truncate text-xs text-muted">{item.description}</span>
        )}
      </span>
      <span className="shrink-0 text-xs text-muted tabular-nums">{panelCountText(item.panelCount)}</span>
      {isCurrent && <Check aria-hidden className="size-4 shrink-0 text-accent-ink" />}
    </button>
  </li>
)

const Waiting = () => (
  <div aria-hidden className="space-y-2 px-2.5 py-1">
    {['w-1/2', 'w-2/3', 'w-2/5'].map((width) => (
      <div key={width} className="flex items-center gap-3 py-1">
        <div className="skeleton size-9" />
        <div className={classes('skeleton h-3.5', width)} />
      </div>
    ))}
  </div>
)

/** All workspaces with their panel counts; typing narrows them down. */
export function SelectorDialog(props: SelectorDialogProps) {
  const { open, onOpenChange, currentId, onChoose, onCreate, onDeleted } = props
  const list = useWorkspaces((state) => state.list)
  const loadList = useWorkspaces((state) => state.loadList)
  const [query, setQuery] = useState('')
  const [withArchived, setWithArchived] = useState(false)

  useEffect(() => {
    if (!open) return
    setQuery('')
    void loadList()
  }, [open, loadList])

  const hasArchived = list.state === 'ready' && list.items.some((item) => item.status === 'archived')
  const found = list.state === 'ready' ? matchingWorkspaces(list.items, { query, withArchived }) : []

  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Open a workspace" size="lg">
      <div className="px-5 pb-2">
        <SearchField
          label="Search workspaces"
          value={query}
          onChange={setQuery}
          onEnter={() => {
            const [first] = found
            if (first !== undefined) onChoose(first.id)
          }}
        />
      </div>
      <div className="h-80 min-h-0 overflow-y-auto px-2.5 pb-3">
        {list.state === 'loading' && <Waiting />}
        {list.state === 'failed' && (
          <EmptyState
            icon={<FolderOpen aria-hidden />}
            title="The list could not be loaded"
            action={<Button onClick={() => void loadList()}>Try again</Button>}
          >
            {list.message}
          </EmptyState>
        )}
        {list.state === 'ready' && found.length === 0 && (
          <EmptyState
            icon={<FolderOpen aria-hidden />}
            title={query === '' ? 'No workspaces yet' : 'Nothing found'}
          >
            {query === '' ? 'Make your first one below.' : `No workspace matches “${query}”.`}
          </EmptyState>
        )}
        {found.length > 0 && (
          <ul aria-label="Workspaces">
            {found.map((item) => (
              <Row
                key={item.id}
                item={item}
                isCurrent={item.id === currentId}
                onChoose={() => onChoose(item.id)}
              />
            ))}
          </ul>
        )}
      </div>
      <DialogFooter>
        {hasArchived && (
          <label className="flex items-center gap-2 text-sm text-muted max-sm:basis-full sm:mr-auto">
            <input
              type="checkbox"
              checked={withArchived}
              onChange={(event) => setWithArchived(event.target.checked)}
            />
            Show archived
          </label>
        )}
        <Button onClick={onDeleted}>
          <Trash2 aria-hidden className="size-4" />
          Recently deleted
        </Button>
        <Button variant="primary" onClick={onCreate}>
          <Plus aria-hidden className="size-4" />
          New workspace
        </Button>
      </DialogFooter>
    </Dialog>
  )
}
