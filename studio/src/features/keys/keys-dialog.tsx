import { KeyRound, Plus } from 'lucide-react'
import { useState } from 'react'
import type { ApiKey } from '../../api/keys.ts'
import { useLoaded } from '../../react/use-loaded.ts'
import { api } from '../../stores/api.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { CopyField } from '../../ui/copy-field.tsx'
import { Dialog, DialogBody } from '../../ui/dialog.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { timeAgo } from '../../ui/time-ago.ts'
import { NewKeyForm } from './new-key-form.tsx'
import { scopeWords } from './scopes.ts'

interface KeysDialogProps {
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
}

const DAY = new Intl.DateTimeFormat('en', { dateStyle: 'medium' })
const load = () => api.keys.list()

/** The person's API keys: making one, seeing which is used, revoking. */
export function KeysDialog({ open, onOpenChange }: KeysDialogProps) {
  const { loaded, reload } = useLoaded(open ? load : null)
  const [isMaking, setMaking] = useState(false)
  /** The key that was made a moment ago. */
  const [made, setMade] = useState<string | null>(null)
  const [revoking, setRevoking] = useState<ApiKey | null>(null)

  const turn = (isOpen: boolean): void => {
    setMaking(false)
    setMade(null)
    onOpenChange(isOpen)
  }

  return (
    <Dialog
      open={open}
      onOpenChange={turn}
      title="API keys"
      description="For programs and for Git, in your name. Give each only what it needs."
      size="lg"
    >
      <DialogBody className="space-y-4">
        {made !== null && (
          <div role="status" className="rounded-md border border-line bg-info-soft p-3">
            <p className="mb-2 text-sm">
              This is your new key. Keep it somewhere safe now: it is not shown again.
            </p>
            <CopyField label="API key" text={made} />
          </div>
        )}
        {isMaking ? (
          <NewKeyForm
            onCancel={() => setMaking(false)}
            onMade={(key) => {
              setMade(key)
              setMaking(false)
              void reload()
            }}
          />
        ) : (
          <Button onClick={() => setMaking(true)}>
            <Plus aria-hidden className="size-4" />
            New key
          </Button>
        )}
        {loaded.state === 'loading' && (
          <div role="status" className="space-y-3">
            <span className="sr-only">Loading your keys</span>
            <div aria-hidden className="skeleton h-3.5 w-2/3" />
            <div aria-hidden className="skeleton h-3.5 w-1/2" />
          </div>
        )}
        {loaded.state === 'failed' && (
          <EmptyState
            icon={<KeyRound aria-hidden />}
            title="Your keys could not be loaded"
            action={<Button onClick={() => void reload()}>Try again</Button>}
          >
            {loaded.message}
          </EmptyState>
        )}
        {loaded.state === 'ready' && <KeyList keys={loaded.value} onRevoke={setRevoking} />}
      </DialogBody>
      {revoking !== null && (
        <ConfirmDialog
          open
          onOpenChange={() => setRevoking(null)}
          title={`Revoke “${revoking.name}”?`}
          description="Whatever uses this key stops working at once. It cannot be brought back."
          confirmLabel="Revoke key"
          onConfirm={async () => {
            await api.keys.revoke(revoking.id)
            setMade(null)
            await reload()
          }}
        />
      )}
    </Dialog>
  )
}

const KeyList = ({ keys, onRevoke }: { keys: readonly ApiKey[]; onRevoke: (key: ApiKey) => void }) =>
  keys.length === 0 ? (
    <p className="text-sm text-muted">
      You have no keys yet. With one, a program reads and changes panels, and git clones your workspaces.
    </p>
  ) : (
    <ul aria-label="API keys" className="divide-y divide-line">
      {keys.map((key) => (
        <li key={key.id} className="flex items-center gap-3 py-2.5">
          <div className="min-w-0 flex-1">
            <p className="truncate text-sm font-medium">
              {key.name} <span className="font-mono text-xs font-normal text-muted">{key.start}…</span>
            </p>
            <p className="text-xs text-muted">{factsOf(key)}</p>
          </div>
          <Button
            size="sm"
            variant="danger-soft"
            onClick={() => onRevoke(key)}
            aria-label={`Revoke ${key.name}`}
          >
            Revoke
          </Button>
        </li>
      ))}
    </ul>
  )

function factsOf({ scopes, workspaceIds, expiresAt, lastUsedAt }: ApiKey): string {
  const isOver = expiresAt !== null && Date.parse(expiresAt) <= Date.now()
  return [
    scopeWords(scopes),
    ...(workspaceIds === null
      ? []
      : [workspaceIds.length === 1 ? 'one workspace' : `${workspaceIds.length} workspaces`]),
    lastUsedAt === null ? 'never used' : `used ${timeAgo(lastUsedAt, Date.now())}`,
    ...(expiresAt === null ? [] : [`${isOver ? 'ended' : 'ends'} ${DAY.format(new Date(expiresAt))}`]),
  ].join(' · ')
}
