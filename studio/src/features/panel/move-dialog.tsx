import { ArrowRightLeft } from 'lucide-react'
import { useCallback, useState } from 'react'
import { messageOf } from '../../api/problem.ts'
import type { PanelSummary, WorkspaceSummary } from '../../api/shapes.ts'
import { useLoaded } from '../../react/use-loaded.ts'
import { api } from '../../stores/api.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogBody } from '../../ui/dialog.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'

interface MoveDialogProps {
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
  readonly panel: PanelSummary
  readonly workspaceId: string
  readonly onMove: (to: WorkspaceSummary) => Promise<void>
}

/** Asks which workspace a panel goes to. */
export function MoveDialog({ open, onOpenChange, panel, workspaceId, onMove }: MoveDialogProps) {
  const load = useCallback(
    async () =>
      (await api.listWorkspaces()).filter(
        ({ id, role, status }) => id !== workspaceId && role !== 'viewer' && status !== 'archived',
      ),
    [workspaceId],
  )
  const { loaded, reload } = useLoaded(open ? load : null)
  const [busyId, setBusyId] = useState<string | null>(null)
  const [failure, setFailure] = useState<string | null>(null)

  const move = async (to: WorkspaceSummary): Promise<void> => {
    setBusyId(to.id)
    setFailure(null)
    try {
      await onMove(to)
      onOpenChange(false)
    } catch (error) {
      setFailure(messageOf(error))
    } finally {
      setBusyId(null)
    }
  }

  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={`Move “${panel.name}”`}
      description="It goes to another workspace with its whole history, for the people who are members there."
    >
      <DialogBody className="space-y-3">
        {failure !== null && (
          <p role="alert" className="rounded-md bg-danger-soft px-3 py-2 text-sm text-danger">
            {failure}
          </p>
        )}
        {loaded.state === 'loading' && (
          <div role="status" className="space-y-2 py-1">
            <span className="sr-only">Loading your workspaces</span>
            <div aria-hidden className="skeleton h-9" />
            <div aria-hidden className="skeleton h-9" />
          </div>
        )}
        {loaded.state === 'failed' && (
          <EmptyState
            icon={<ArrowRightLeft aria-hidden />}
            title="Your workspaces could not be loaded"
            action={<Button onClick={() => void reload()}>Try again</Button>}
          >
            {loaded.message}
          </EmptyState>
        )}
        {loaded.state === 'ready' && loaded.value.length === 0 && (
          <EmptyState icon={<ArrowRightLeft aria-hidden />} title="There is no other workspace">
            Make one first, or ask to become an editor of another.
          </EmptyState>
        )}
        {loaded.state === 'ready' && loaded.value.length > 0 && (
          <ul aria-label="Workspaces" className="max-h-80 divide-y divide-line overflow-y-auto">
            {loaded.value.map((workspace) => (
              <li key={workspace.id} className="flex items-center gap-3 py-2">
                <span className="min-w-0 flex-1 truncate text-sm font-medium">{workspace.name}</span>
                <Button
                  size="sm"
                  busy={busyId === workspace.id}
                  disabled={busyId !== null}
                  onClick={() => void move(workspace)}
                  aria-label={`Move to ${workspace.name}`}
                >
                  Move here
                </Button>
              </li>
            ))}
          </ul>
        )}
      </DialogBody>
    </Dialog>
  )
}
