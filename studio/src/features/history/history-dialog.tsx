import { ArrowLeft, GitCommitHorizontal, History, RotateCcw } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { Workspace } from '../../api/shapes.ts'
import { useTask } from '../../react/use-task.ts'
import { useHistory } from '../../stores/history.ts'
import { useWorkspaces } from '../../stores/workspaces.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { classes } from '../../ui/classes.ts'
import { Dialog, DialogFooter } from '../../ui/dialog.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { CommitDetail } from './commit-detail.tsx'
import { CommitList } from './commit-list.tsx'
import { RestoreDialog } from './restore-dialog.tsx'

interface HistoryDialogProps {
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
  readonly workspace: Workspace
}

/** Every commit of the workspace, what it did, and the way back to it. */
export function HistoryDialog({ open, onOpenChange, workspace }: HistoryDialogProps) {
  const { commits, selected, load, select } = useHistory()
  const refresh = useWorkspaces((state) => state.refresh)
  const [isRestoring, setRestoring] = useState(false)
  const canWrite = workspace.role !== 'viewer'
  const commit = commits.state === 'ready' ? commits.items.find(({ hash }) => hash === selected) : undefined

  useEffect(() => {
    if (!open) return
    void load(workspace.id)
    void refresh()
  }, [open, load, refresh, workspace.id])

  return (
    <>
      <Dialog
        open={open}
        onOpenChange={onOpenChange}
        title="History"
        description="The workspace is committed to its Git repository every few minutes while it changes."
        size="xl"
      >
        {workspace.pushError !== null && (
          <p
            role="status"
            className="border-t border-line bg-warn-soft px-5 py-2 text-sm break-words text-warn"
          >
            New commits do not reach the Git server they are sent on to; it is tried again. It said:{' '}
            {workspace.pushError}
          </p>
        )}
        <div className="flex h-[32rem] min-h-0 border-t border-line">
          <div
            className={classes(
              'min-h-0 w-full overflow-y-auto border-line p-2 md:w-80 md:shrink-0 md:border-r',
              commit !== undefined && 'hidden md:block',
            )}
          >
            {commits.state === 'loading' && <Waiting />}
            {commits.state === 'failed' && (
              <EmptyState
                icon={<History aria-hidden />}
                title="The history could not be loaded"
                action={<Button onClick={() => void load(workspace.id)}>Try again</Button>}
              >
                {commits.message}
              </EmptyState>
            )}
            {commits.state === 'ready' && commits.items.length === 0 && (
              <EmptyState icon={<GitCommitHorizontal aria-hidden />} title="No commits yet">
                {canWrite
                  ? 'The first one comes within minutes, or when you commit now.'
                  : 'The first one comes within minutes.'}
              </EmptyState>
            )}
            {commits.state === 'ready' && commits.items.length > 0 && <CommitList commits={commits} />}
          </div>
          <div
            className={classes(
              'min-h-0 min-w-0 flex-1 overflow-y-auto',
              commit === undefined && 'hidden md:block',
            )}
          >
            {commit === undefined ? (
              <div className="grid h-full place-items-center">
                <p className="px-6 text-center text-sm text-muted">Choose a commit to see what it changed.</p>
              </div>
            ) : (
              <CommitDetail
                commit={commit}
                back={
                  <IconButton
                    label="Back to the list"
                    onClick={() => void select(null)}
                    className="-ml-1.5 md:hidden"
                  >
                    <ArrowLeft aria-hidden />
                  </IconButton>
                }
              />
            )}
          </div>
        </div>
        {canWrite && (
          <DialogFooter>
            <CommitNow />
            <Button variant="primary" disabled={commit === undefined} onClick={() => setRestoring(true)}>
              <RotateCcw aria-hidden className="size-4" />
              Restore this commit…
            </Button>
          </DialogFooter>
        )}
      </Dialog>
      {commit !== undefined && (
        <RestoreDialog
          open={isRestoring}
          commit={commit}
          onOpenChange={setRestoring}
          onRestored={() => onOpenChange(false)}
        />
      )}
    </>
  )
}

function CommitNow() {
  const commitNow = useHistory((state) => state.commitNow)
  const { isBusy, begin } = useTask(commitNow, 'The workspace could not be committed')
  return (
    <Button busy={isBusy} onClick={begin} className="mr-auto">
      Commit now
    </Button>
  )
}

const Waiting = () => (
  <div aria-hidden className="space-y-3 p-2">
    {['w-4/5', 'w-3/5', 'w-2/3', 'w-1/2'].map((width) => (
      <div key={width} className="space-y-1.5">
        <div className={classes('skeleton h-3.5', width)} />
        <div className="skeleton h-3 w-1/3" />
      </div>
    ))}
  </div>
)
