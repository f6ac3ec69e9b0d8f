import { CloudOff, Compass, RotateCw } from 'lucide-react'
import { lazy, Suspense } from 'react'
import type { Account } from '../api/shapes.ts'
import { useNavigation } from '../stores/navigation.ts'
import { useWorkspaces } from '../stores/workspaces.ts'
import { Button } from '../ui/button.tsx'
import { PageMessage } from '../ui/page-message.tsx'
import { AccountFoot } from './account-buttons.tsx'

/** The panel language and its components come with the first workspace, not with the sign-in page. */
export const loadWorkspacePage = () => import('./workspace-page.tsx')
const WorkspacePage = lazy(async () => ({ default: (await loadWorkspacePage()).WorkspacePage }))

interface OpenWorkspaceScreenProps {
  readonly account: Account
  readonly onSwitch: () => void
  readonly onNew: () => void
  readonly onLeave: () => void
}

/** The workspace of the address, or why it is not there. */
export function OpenWorkspaceScreen({ account, onSwitch, onNew, onLeave }: OpenWorkspaceScreenProps) {
  const open = useWorkspaces((state) => state.open)
  const openWorkspace = useWorkspaces((state) => state.openWorkspace)
  const route = useNavigation((state) => state.route)
  const panelId = route.at === 'workspace' ? route.panelId : null
  // The address is ahead of the store for one drawing: what is open belongs to the place that was left.
  if (open.state !== 'none' && route.at === 'workspace' && open.id !== route.workspaceId)
    return <WorkspaceSkeleton />
  switch (open.state) {
    case 'open':
      return (
        <Suspense fallback={<WorkspaceSkeleton />}>
          <WorkspacePage
            key={open.id}
            workspace={open.workspace}
            panelId={panelId}
            account={<AccountFoot account={account} />}
            accountId={account.id}
            onSwitch={onSwitch}
            onNew={onNew}
            onLeave={onLeave}
          />
        </Suspense>
      )
    case 'missing':
      return (
        <PageMessage
          icon={<Compass aria-hidden />}
          title="This workspace is not available"
          action={
            <Button variant="primary" onClick={onLeave}>
              Back to the launcher
            </Button>
          }
        >
          It was deleted, or you are not a member any more.
        </PageMessage>
      )
    case 'failed':
      return (
        <PageMessage
          icon={<CloudOff aria-hidden />}
          title="The workspace could not be opened"
          action={
            <>
              <Button onClick={onLeave}>Back to the launcher</Button>
              <Button variant="primary" onClick={() => void openWorkspace(open.id)}>
                <RotateCw aria-hidden className="size-4" />
                Try again
              </Button>
            </>
          }
        >
          {open.message}
        </PageMessage>
      )
    default:
      return <WorkspaceSkeleton />
  }
}

const WorkspaceSkeleton = () => (
  <main role="status" aria-label="Opening the workspace" className="flex h-full">
    <h1 className="sr-only">Opening the workspace</h1>
    <div className="hidden w-62 shrink-0 space-y-3 border-r border-line bg-sunken p-4 md:block">
      <div className="skeleton mb-6 h-7" />
      <div className="skeleton h-5 w-3/4" />
      <div className="skeleton h-5 w-1/2" />
      <div className="skeleton h-5 w-2/3" />
    </div>
    <div className="flex-1 space-y-4 p-6">
      <div className="skeleton h-6 w-48" />
      <div className="skeleton h-32" />
    </div>
  </main>
)
