import { Trash2 } from 'lucide-react'
import { useState } from 'react'
import { messageOf } from '../../api/problem.ts'
import type { DeletedThing } from '../../api/shapes.ts'
import { useLoaded } from '../../react/use-loaded.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogBody } from '../../ui/dialog.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { timeAgo } from '../../ui/time-ago.ts'

interface DeletedDialogProps {
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
  readonly description: string
  /** When there is nothing. */
  readonly emptyText: string
  /** Another function: another list. */
  readonly load: () => Promise<readonly DeletedThing[]>
  readonly onRestore: (thing: DeletedThing) => Promise<void>
}

/** What was deleted and can come back, and until when. */
export function DeletedDialog(props: DeletedDialogProps) {
  const { open, onOpenChange, description, emptyText, load, onRestore } = props
  const { loaded, reload } = useLoaded(open ? load : null)
  const [busyId, setBusyId] = useState<string | null>(null)
  const [failure, setFailure] = useState<string | null>(null)

  const restore = async (thing: DeletedThing): Promise<void> => {
    setBusyId(thing.id)
    setFailure(null)
    try {
      await onRestore(thing)
      onOpenChange(false)
    } catch (error) {
      setFailure(`“${thing.name}” was not brought back. ${messageOf(error)}`)
      void reload()
    } finally {
      setBusyId(null)
    }
  }

  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Recently deleted" description={description}>
      <DialogBody className="space-y-3">
        {failure !== null && (
          <p role="alert" className="rounded-md bg-danger-soft px-3 py-2 text-sm text-danger">
            {failure}
          </p>
        )}
        {loaded.state === 'loading' && (
          <div role="status" className="space-y-2 py-1">
            <span className="sr-only">Loading what was deleted</span>
            <div aria-hidden className="skeleton h-10" />
            <div aria-hidden className="skeleton h-10" />
          </div>
        )}
        {loaded.state === 'failed' && (
          <EmptyState
            icon={<Trash2 aria-hidden />}
            title="The list could not be loaded"
            action={<Button onClick={() => void reload()}>Try again</Button>}
          >
            {loaded.message}
          </EmptyState>
        )}
        {loaded.state === 'ready' && loaded.value.length === 0 && (
          <EmptyState icon={<Trash2 aria-hidden />} title="Nothing was deleted lately">
            {emptyText}
          </EmptyState>
        )}
        {loaded.state === 'ready' && loaded.value.length > 0 && (
          <ul aria-label="Recently deleted" className="max-h-80 divide-y divide-line overflow-y-auto">
            {loaded.value.map((thing) => (
              <DeletedRow
                key={thing.id}
                thing={thing}
                isBusy={busyId === thing.id}
                isDisabled={busyId !== null}
                onRestore={() => void restore(thing)}
              />
            ))}
          </ul>
        )}
      </DialogBody>
    </Dialog>
  )
}

interface DeletedRowProps {
  readonly thing: DeletedThing
  readonly isBusy: boolean
  readonly isDisabled: boolean
  readonly onRestore: () => void
}

const DeletedRow = ({ thing, isBusy, isDisabled, onRestore }: DeletedRowProps) => (
  <li className="flex items-center gap-3 py-2">
    <div className="min-w-0 flex-1">
      <p className="truncate text-sm font-medium">{thing.name}</p>
      <p className="text-xs text-muted">
        Deleted {timeAgo(thing.deletedAt, Date.now())} · gone for good on{' '}
        <time dateTime={thing.purgedAt}>{dateOf(thing.purgedAt)}</time>
      </p>
    </div>
    <Button
      size="sm"
      busy={isBusy}
      disabled={isDisabled}
      onClick={onRestore}
      aria-label={`Restore ${thing.name}`}
    >
      Restore
    </Button>
  </li>
)

const dateOf = (time: string): string =>
  new Intl.DateTimeFormat('en', { dateStyle: 'medium' }).format(new Date(time))
