import { ArrowLeft, GitCommitHorizontal, RotateCcw } from 'lucide-react'
import { useEffect, useState } from 'react'
import { mayWrite, type Workspace } from '../../api/shapes.ts'
import { useTask } from '../../react/use-task.ts'
import { useHistory } from '../../stores/history.ts'
import { useWorkspaces } from '../../stores/workspaces.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { Dialog, DialogFooter } from '../../ui/dialog.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { CommitDetail } from './commit-detail.tsx'
import { CommitList } from './commit-list.tsx'
import { HistoryFailure, HistoryPanes, HistoryWaiting } from './history-panes.tsx'
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
  const canWrite = mayWrite(workspace)
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
        {workspace.gitError !== null && (
          <p
            role="status"
            className="border-t border-line bg-warn-soft px-5 py-2 text-sm break-words text-warn"
          >
            {workspace.gitError}
          </p>
        )}
        {workspace.pushError !== null && (
          <p
            role="status"
            className="border-t border-line bg-warn-soft px-5 py-2 text-sm break-words text-warn"
          >
            New commits do not reach the Git server they are sent on to; it is tried again. It said:{' '}
            {workspace.pushError}
          </p>
        )}
        <HistoryPanes
          hint="Choose a commit to see what it changed."
          list={
            <>
              {commits.state === 'loading' && <HistoryWaiting />}
              {commits.state === 'failed' && (
                <HistoryFailure message={commits.message} onRetry={() => void load(workspace.id)} />
              )}
              {commits.state === 'ready' && commits.items.length === 0 && (
                <EmptyState icon={<GitCommitHorizontal aria-hidden />} title="No commits yet">
                  {canWrite
                    ? 'The first one comes within minutes, or when you commit now.'
                    : 'The first one comes within minutes.'}
                </EmptyState>
              )}
              {commits.state === 'ready' && commits.items.length > 0 && <CommitList commits={commits} />}
            </>
          }
          detail={
            commit === undefined ? null : (
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
            )
          }
        />
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
