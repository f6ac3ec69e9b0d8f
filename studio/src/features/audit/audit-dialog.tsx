import { ScrollText } from 'lucide-react'
import { useCallback } from 'react'
import type { AuditEvent } from '../../api/members.ts'
import type { Workspace } from '../../api/shapes.ts'
import { usePages } from '../../react/use-pages.ts'
import { api } from '../../stores/api.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogBody } from '../../ui/dialog.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ShowOlder } from '../../ui/show-older.tsx'
import { timeAgo } from '../../ui/time-ago.ts'
import { auditWords } from './audit-words.ts'

interface AuditDialogProps {
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
  readonly workspace: Workspace
}

const PAGE_SIZE = 50

/** For owners: who did what to the workspace and its people, when and from where. */
export function AuditDialog({ open, onOpenChange, workspace }: AuditDialogProps) {
  const { id } = workspace
  const load = useCallback(
    (last: AuditEvent | null) =>
      api.members.readAudit(id, { limit: PAGE_SIZE, ...(last === null ? {} : { before: last.id }) }),
    [id],
  )
  const { loaded, reload, loadMore } = usePages(open ? load : null, PAGE_SIZE)
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Audit log"
      description="Who did what to this workspace and its people. What was written in panels is in their history."
      size="lg"
    >
      <DialogBody>
        {loaded.state === 'loading' && <Waiting />}
        {loaded.state === 'failed' && (
          <EmptyState
            icon={<ScrollText aria-hidden />}
            title="The audit log could not be loaded"
            action={<Button onClick={() => void reload()}>Try again</Button>}
          >
            {loaded.message}
          </EmptyState>
        )}
        {loaded.state === 'ready' && loaded.value.items.length === 0 && (
          <EmptyState icon={<ScrollText aria-hidden />} title="Nothing yet">
            Invitations, roles, renaming, archiving and deletions will be listed here.
          </EmptyState>
        )}
        {loaded.state === 'ready' && loaded.value.items.length > 0 && (
          <>
            <ul aria-label="Events" className="divide-y divide-line">
              {loaded.value.items.map((event) => (
                <EventRow key={event.id} event={event} now={Date.now()} />
              ))}
            </ul>
            {!loaded.value.isWhole && <ShowOlder load={loadMore} />}
          </>
        )}
      </DialogBody>
    </Dialog>
  )
}

const EventRow = ({ event, now }: { event: AuditEvent; now: number }) => (
  <li className="py-2.5">
    <p className="text-sm break-words">
      <span className="font-medium">{event.userName}</span> {auditWords(event)}
    </p>
    <p className="mt-0.5 text-xs text-muted">
      <time dateTime={event.occurredAt} title={new Date(event.occurredAt).toLocaleString('en')}>
        {timeAgo(event.occurredAt, now)}
      </time>
      {event.address !== null && ` · from ${event.address}`}
      {event.apiKeyId !== null && ' · by an API key'}
    </p>
  </li>
)

const Waiting = () => (
  <div role="status">
    <span className="sr-only">Loading the audit log</span>
    {['w-2/3', 'w-1/2', 'w-3/5'].map((width) => (
      <div key={width} aria-hidden className="space-y-1.5 py-2.5">
        <div className={`skeleton h-3.5 ${width}`} />
        <div className="skeleton h-3 w-1/4" />
      </div>
    ))}
  </div>
)
