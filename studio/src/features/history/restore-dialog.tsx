import { useEffect, useState } from 'react'
import type { Commit, Restoration } from '../../api/history-shapes.ts'
import { messageOf } from '../../api/problem.ts'
import { useHistory } from '../../stores/history.ts'
import { useWorkspaces } from '../../stores/workspaces.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogBody, DialogFooter } from '../../ui/dialog.tsx'
import { showToast } from '../../ui/toasts.ts'

interface RestoreDialogProps {
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
  readonly commit: Commit
  readonly onRestored: () => void
}

type Preview =
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly message: string }
  | { readonly state: 'ready'; readonly restoration: Restoration }

const countOf = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

/** Says what restoring a commit would do, and does it. */
export function RestoreDialog({ open, onOpenChange, commit, onRestored }: RestoreDialogProps) {
  const previewOf = useHistory((state) => state.preview)
  const restore = useHistory((state) => state.restore)
  const refresh = useWorkspaces((state) => state.refresh)
  const [preview, setPreview] = useState<Preview>({ state: 'loading' })
  const [isBusy, setBusy] = useState(false)
  const [failure, setFailure] = useState<string | null>(null)

  useEffect(() => {
    if (!open) return
    let isCurrent = true
    setPreview({ state: 'loading' })
    setFailure(null)
    previewOf(commit.hash).then(
      (restoration) => isCurrent && setPreview({ state: 'ready', restoration }),
      (error: unknown) => isCurrent && setPreview({ state: 'failed', message: messageOf(error) }),
    )
    return () => {
      isCurrent = false
    }
  }, [open, commit.hash, previewOf])

  const run = async (): Promise<void> => {
    setBusy(true)
    setFailure(null)
    try {
      const { changed } = await restore(commit.hash)
      onOpenChange(false)
      onRestored()
      showToast({ level: 'success', message: `${countOf(changed.length, 'panel')} restored.` })
      await refresh()
    } catch (error) {
      setFailure(messageOf(error))
    } finally {
      setBusy(false)
    }
  }
  const canRestore = preview.state === 'ready' && preview.restoration.changed.length > 0

  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Restore this commit?"
      description={`“${commit.subject}”, ${new Date(commit.committedAt).toLocaleString()}. Nothing is erased: what is here now is committed first.`}
    >
      <DialogBody>
        {preview.state === 'loading' && <div aria-hidden className="skeleton h-16 w-full" />}
        {preview.state === 'failed' && (
          <p role="alert" className="text-sm text-danger">
            {preview.message}
          </p>
        )}
        {preview.state === 'ready' && <Outlook restoration={preview.restoration} />}
        {failure !== null && (
          <p role="alert" className="mt-3 text-sm text-danger">
            {failure}
          </p>
        )}
      </DialogBody>
      <DialogFooter>
        <Button onClick={() => onOpenChange(false)}>Cancel</Button>
        <Button variant="primary" busy={isBusy} disabled={!canRestore} onClick={() => void run()}>
          Restore
        </Button>
      </DialogFooter>
    </Dialog>
  )
}

function Outlook({ restoration }: { restoration: Restoration }) {
  const { changed, unchangedCount, untouchedCount, goneCount } = restoration
  if (changed.length === 0 && goneCount === 0)
    return <p className="text-sm text-muted">Every panel it shows is already as it was then.</p>
  return (
    <div className="space-y-3 text-sm">
      <ul aria-label="What will be restored" className="max-h-60 space-y-1 overflow-y-auto">
        {changed.map(({ id, name, isBroughtBack }) => (
          <li key={id} className="flex items-baseline justify-between gap-3 rounded-md bg-sunken px-3 py-1.5">
            <span className="min-w-0 truncate font-medium">{name}</span>
            <span className="shrink-0 text-xs text-muted">
              {isBroughtBack ? 'comes back' : 'becomes what it was'}
            </span>
          </li>
        ))}
      </ul>
      {(unchangedCount > 0 || untouchedCount > 0 || goneCount > 0) && (
        <p className="text-muted">
          {[
            ...(unchangedCount > 0 ? [`${countOf(unchangedCount, 'panel')} the same as then`] : []),
            ...(untouchedCount > 0 ? [`${countOf(untouchedCount, 'newer panel')} left alone`] : []),
            ...(goneCount > 0 ? [`${countOf(goneCount, 'panel')} gone for good or moved elsewhere`] : []),
          ].join(', ')}
          .
        </p>
      )}
    </div>
  )
}
