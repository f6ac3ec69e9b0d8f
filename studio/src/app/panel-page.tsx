import { CloudOff, LayoutPanelTop } from 'lucide-react'
import { type ReactNode, useEffect } from 'react'
import { mayWrite, type PanelSummary, type Workspace } from '../api/shapes.ts'
import { JsonTree } from '../features/free-form/json-tree.tsx'
import { PanelHeader } from '../features/panel/panel-header.tsx'
import { PanelView } from '../features/panel-view/panel-view.tsx'
import { PeopleList } from '../features/presence/people-list.tsx'
import { usePanelPeople, usePanelSession, usePanelStatus } from '../react/use-live.ts'
import type { PanelSession } from '../session/panel-session.ts'
import { Button } from '../ui/button.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { ErrorBoundary } from '../ui/error-boundary.tsx'

interface PanelPageProps {
  readonly workspace: Workspace
  readonly panel: PanelSummary
  readonly drawerButton: ReactNode
  readonly onOpenPanel: (panelId: string) => void
  readonly onDeleted: () => void
}

/** One panel, live. */
export function PanelPage({ workspace, panel, drawerButton, onOpenPanel, onDeleted }: PanelPageProps) {
  const session = usePanelSession(panel.id)
  const canWrite = mayWrite(workspace)

  useEffect(() => {
    document.title = `${panel.name} · ${workspace.name} · Nexus`
  }, [panel.name, workspace.name])

  const header = { panel, workspaceId: workspace.id, canWrite, drawerButton, onDeleted, onOpenPanel }
  if (session === null) {
    return (
      <>
        <PanelHeader {...header} sign="opening" session={null} people={null} />
        <PanelSkeleton />
      </>
    )
  }
  return <LivePanelPage key={session.panelId} {...header} session={session} />
}

interface LivePanelPageProps extends Omit<PanelPageProps, 'workspace'> {
  readonly workspaceId: string
  readonly canWrite: boolean
  readonly session: PanelSession
}

function LivePanelPage({
  panel,
  workspaceId,
  canWrite,
  drawerButton,
  onDeleted,
  session,
  onOpenPanel,
}: LivePanelPageProps) {
  const status = usePanelStatus(session)
  const people = usePanelPeople(session)
  const isReadOnly = status.isReadOnly || !canWrite
  return (
    <>
      <PanelHeader
        panel={panel}
        workspaceId={workspaceId}
        canWrite={canWrite}
        drawerButton={drawerButton}
        onDeleted={onDeleted}
        onOpenPanel={onOpenPanel}
        sign={status.sign === 'saved' && !canWrite ? 'view-only' : status.sign}
        session={session}
        people={<PeopleList people={people} label="People in this panel" />}
      />
      <div className="mx-auto w-full max-w-[76rem] px-3 py-5 sm:px-6 sm:py-6">
        {status.isReady ? (
          <ErrorBoundary
            resetKey={session}
            fallback={({ error, reset }) => <PanelFault error={error} onRetry={reset} />}
          >
            <PanelView
              session={session}
              isReadOnly={isReadOnly}
              onNavigate={onOpenPanel}
              freeForm={(store) => <JsonTree session={session} store={store} isReadOnly={isReadOnly} />}
            />
          </ErrorBoundary>
        ) : status.refusal !== null ? (
          <EmptyState icon={<LayoutPanelTop aria-hidden />} title="This panel is not available">
            It was deleted, or you may not see it any more.
          </EmptyState>
        ) : status.isOutOfReach ? (
          <EmptyState icon={<CloudOff aria-hidden />} title="This panel is not on this device yet">
            It opens by itself when the connection is back. Panels you have looked at before open offline too.
          </EmptyState>
        ) : (
          <PanelSkeleton />
        )}
      </div>
    </>
  )
}

const PanelFault = ({ error, onRetry }: { error: unknown; onRetry: () => void }) => (
  <EmptyState
    icon={<LayoutPanelTop aria-hidden />}
    title="This panel could not be drawn"
    action={<Button onClick={onRetry}>Try again</Button>}
  >
    Your data is safe. {error instanceof Error ? error.message : ''}
  </EmptyState>
)

const PanelSkeleton = () => (
  <div
    role="status"
    aria-label="Opening the panel"
    className="mx-auto w-full max-w-[76rem] space-y-4 px-3 py-5 sm:px-6"
  >
    <div className="grid grid-cols-2 gap-4 sm:grid-cols-3">
      <div className="skeleton h-19" />
      <div className="skeleton h-19" />
      <div className="skeleton hidden h-19 sm:block" />
    </div>
    <div className="skeleton h-9 w-2/3" />
    <div className="skeleton h-36" />
  </div>
)
