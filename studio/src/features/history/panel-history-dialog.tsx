import { ArrowLeft, RotateCcw } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { PanelVersion } from '../../api/history-shapes.ts'
import type { PanelSummary } from '../../api/shapes.ts'
import { useAccount } from '../../stores/account.ts'
import { usePanelHistory } from '../../stores/panel-history.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { classes } from '../../ui/classes.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { Dialog, DialogFooter } from '../../ui/dialog.tsx'
import { ShowOlder } from '../../ui/show-older.tsx'
import { timeAgo } from '../../ui/time-ago.ts'
import { showToast } from '../../ui/toasts.ts'
import { HistoryFailure, HistoryPanes, HistoryWaiting } from './history-panes.tsx'
import { changeWords, summaryOf } from './patch-words.ts'

interface PanelHistoryDialogProps {
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
  readonly workspaceId: string
  readonly panel: PanelSummary
  readonly canWrite: boolean
}

const PROGRAMS = { api: ' by a program', ai: ' by an AI', system: '', user: '' } as const

/** Every version of a panel, who made it, what it did, and the way back to it. */
export function PanelHistoryDialog(props: PanelHistoryDialogProps) {
  const { open, onOpenChange, workspaceId, panel, canWrite } = props
  const { versions, load, loadOlder, revert } = usePanelHistory()
  const [selected, setSelected] = useState<number | null>(null)
  const [isAsking, setAsking] = useState(false)
  const whoDid = useNames()
  const items = versions.state === 'ready' ? versions.items : []
  const version = items.find((each) => each.version === selected)
  const isNewest = version !== undefined && version === items[0]

  useEffect(() => {
    if (!open) return
    setSelected(null)
    void load({ workspaceId, panelId: panel.id })
  }, [open, load, workspaceId, panel.id])

  return (
    <>
      <Dialog open={open} onOpenChange={onOpenChange} title={`History of “${panel.name}”`} size="xl">
        <HistoryPanes
          hint="Choose a version to see what it changed."
          list={
            <>
              {versions.state === 'loading' && <HistoryWaiting />}
              {versions.state === 'failed' && (
                <HistoryFailure
                  message={versions.message}
                  onRetry={() => void load({ workspaceId, panelId: panel.id })}
                />
              )}
              <ul aria-label="Versions" className="space-y-px">
                {items.map((each) => (
                  <li key={each.version}>
                    <VersionRow
                      version={each}
                      who={whoDid(each)}
                      isSelected={each.version === selected}
                      onSelect={() => setSelected(each.version)}
                    />
                  </li>
                ))}
              </ul>
              {versions.state === 'ready' && !versions.isWhole && <ShowOlder load={loadOlder} />}
            </>
          }
          detail={
            version === undefined ? null : (
              <VersionDetail version={version} who={whoDid(version)} onBack={() => setSelected(null)} />
            )
          }
        />
        {canWrite && (
          <DialogFooter>
            <Button
              variant="primary"
              disabled={version === undefined || isNewest}
              onClick={() => setAsking(true)}
            >
              <RotateCcw aria-hidden className="size-4" />
              Restore this version…
            </Button>
          </DialogFooter>
        )}
      </Dialog>
      <ConfirmDialog
        open={isAsking}
        onOpenChange={setAsking}
        title={`Restore version ${selected}?`}
        description="The panel becomes what it was then, for everyone. Nothing is erased: every version since stays in the history."
        confirmLabel="Restore"
        onConfirm={async () => {
          if (selected === null) return
          await revert(selected)
          onOpenChange(false)
          showToast({ level: 'success', message: `“${panel.name}” is what it was at version ${selected}.` })
        }}
      />
    </>
  )
}

/** Who made a version, as the reader calls them. */
function useNames(): (version: PanelVersion) => string {
  const versions = usePanelHistory((state) => state.versions)
  const current = useAccount((state) => state.current)
  const me = current.state === 'signed-in' ? current.account.id : null
  return ({ userId, triggeredBy }) => {
    const name = versions.state === 'ready' && userId !== null ? versions.names.get(userId) : undefined
    const who = userId === null ? 'Nexus' : userId === me ? 'You' : (name ?? 'Somebody who has left')
    return who + PROGRAMS[triggeredBy]
  }
}

function titleOf({ kind, patch }: PanelVersion): string {
  if (kind === 'created') return 'Created'
  return kind === 'reverted' ? `Restored: ${summaryOf(patch)}` : summaryOf(patch)
}

interface VersionRowProps {
  readonly version: PanelVersion
  readonly who: string
  readonly isSelected: boolean
  readonly onSelect: () => void
}

const VersionRow = ({ version, who, isSelected, onSelect }: VersionRowProps) => (
  <button
    type="button"
    onClick={onSelect}
    aria-current={isSelected ? 'true' : undefined}
    className={classes(
      'w-full rounded-md px-2.5 py-2 text-left focus-visible:-outline-offset-2',
      isSelected ? 'bg-accent-soft' : 'hover:bg-hover',
    )}
  >
    <span className="line-clamp-2 text-sm font-medium break-words">{titleOf(version)}</span>
    <span className="mt-0.5 block truncate text-xs text-muted">
      {who} · <time dateTime={version.occurredAt}>{timeAgo(version.occurredAt, Date.now())}</time> · version{' '}
      {version.version}
    </span>
  </button>
)

/** Operations that are shown at once. */
const MAX_SHOWN = 200

function VersionDetail({ version, who, onBack }: { version: PanelVersion; who: string; onBack: () => void }) {
  const left = version.patch.length - MAX_SHOWN
  return (
    <article aria-label={`Version ${version.version}`} className="p-4">
      <header className="mb-4 flex items-start gap-1">
        <IconButton label="Back to the list" onClick={onBack} className="-ml-1.5 md:hidden">
          <ArrowLeft aria-hidden />
        </IconButton>
        <div className="min-w-0">
          <h3 className="text-base font-semibold tracking-tight">Version {version.version}</h3>
          <p className="mt-1 text-xs text-muted">
            {who} · {new Date(version.occurredAt).toLocaleString()}
          </p>
        </div>
      </header>
      {version.patch.length === 0 && (
        <p className="text-sm text-muted">It changed nothing that can be seen in the state.</p>
      )}
      <ul className="space-y-1.5">
        {version.patch.slice(0, MAX_SHOWN).map((operation, at) => {
          const { place, verb, value } = changeWords(operation)
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: what a version did does not change.
            <li key={at} className="rounded-md bg-sunken px-3 py-2 text-sm">
              <span className="font-medium break-words">{place}</span>{' '}
              <span className="text-muted">{verb}</span>
              {value !== null && <code className="mt-1 block text-xs break-words text-muted">{value}</code>}
            </li>
          )
        })}
      </ul>
      {left > 0 && <p className="mt-2 text-xs text-muted">{`${left} more changes`}</p>}
    </article>
  )
}
