import { ChevronsUpDown, CloudOff, Compass, RotateCw } from 'lucide-react'
import { lazy, Suspense, useEffect, useState } from 'react'
import { messageOf } from '../api/problem.ts'
import type { Account } from '../api/shapes.ts'
import { AccountMenu } from '../features/account/account-menu.tsx'
import { AccountScreen } from '../features/account/account-screen.tsx'
import { Launcher } from '../features/launcher/launcher.tsx'
import { CreateDialog } from '../features/workspaces/create-dialog.tsx'
import { SelectorDialog } from '../features/workspaces/selector-dialog.tsx'
import { personColour } from '../session/person-colour.ts'
import { useAccount } from '../stores/account.ts'
import { useLive } from '../stores/live.ts'
import { useNavigation } from '../stores/navigation.ts'
import { rememberedWorkspace, rememberWorkspace } from '../stores/remembered.ts'
import { scratchName } from '../stores/scratch-name.ts'
import { useWorkspaces } from '../stores/workspaces.ts'
import { Avatar } from '../ui/avatar.tsx'
import { Button } from '../ui/button.tsx'
import { Logo } from '../ui/logo.tsx'
import { PageMessage } from '../ui/page-message.tsx'
import { showToast } from '../ui/toasts.ts'

/** The panel language and its components come with the first workspace, not with the sign-in page. */
const loadWorkspacePage = () => import('./workspace-page.tsx')
const WorkspacePage = lazy(async () => ({ default: (await loadWorkspacePage()).WorkspacePage }))

/** Which screen the person sees. */
export function App() {
  const current = useAccount((state) => state.current)
  const route = useNavigation((state) => state.route)
  if (current.state === 'checking') return <Starting problem={current.problem} />
  if (current.state === 'signed-out')
    return <AccountScreen isNew={route.at === 'sign-up'} notice={current.notice} />
  return <Workplace key={current.account.id} account={current.account} landing={current.landing} />
}

const Starting = ({ problem }: { problem: string | null }) => (
  <main className="grid h-full place-items-center">
    <div role="status" className="flex max-w-xs flex-col items-center gap-4 px-6 text-center text-muted">
      <Logo className="size-11" />
      {problem === null ? (
        <span className="sr-only">Starting</span>
      ) : (
        <p className="flex items-center gap-2 text-sm">
          <CloudOff aria-hidden className="size-4 shrink-0" />
          {problem} Trying again…
        </p>
      )}
      <h1 className="sr-only">Nexus</h1>
    </div>
  </main>
)

/** Everything after signing in. */
function Workplace({ account, landing }: { account: Account; landing: string | null }) {
  const { route, go } = useNavigation()
  const { open, openWorkspace, closeWorkspace, createWorkspace } = useWorkspaces()
  const [dialog, setDialog] = useState<'select' | 'create' | null>(null)
  const [isBuilding, setBuilding] = useState(false)
  const wantedId = route.at === 'workspace' ? route.workspaceId : null

  // A visit that begins nowhere in particular goes on where the last one ended.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the person arrives.
  useEffect(() => {
    const last = landing ?? rememberedWorkspace(account.id)
    if (route.at === 'sign-up' || route.at === 'start')
      go(last === null ? { at: 'start' } : { at: 'workspace', workspaceId: last, panelId: null }, {
        replace: true,
      })
  }, [])

  useEffect(() => {
    if (wantedId === null) closeWorkspace()
    else void openWorkspace(wantedId)
  }, [wantedId, openWorkspace, closeWorkspace])
  useEffect(() => closeWorkspace, [closeWorkspace])
  useEffect(() => void loadWorkspacePage(), [])

  useEffect(() => {
    if (open.state === 'open') rememberWorkspace(account.id, open.id)
    else if (open.state === 'missing' && rememberedWorkspace(account.id) === open.id)
      rememberWorkspace(account.id, null)
  }, [open, account.id])

  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each time a workspace goes away.
  useEffect(() => {
    if (open.state !== 'missing' || !open.wasOpen) return
    showToast({
      level: 'info',
      title: 'The workspace was closed',
      message: 'It was deleted, or you are not a member any more.',
    })
    leave()
  }, [open])

  const enter = (id: string): void => {
    setDialog(null)
    go({ at: 'workspace', workspaceId: id, panelId: null })
  }
  const leave = (): void => {
    rememberWorkspace(account.id, null)
    go({ at: 'start' })
  }
  const build = async (): Promise<void> => {
    setBuilding(true)
    try {
      enter((await createWorkspace({ name: scratchName(new Date()) })).id)
    } catch (error) {
      showToast({ level: 'error', title: 'No workspace was made', message: messageOf(error) })
    } finally {
      setBuilding(false)
    }
  }

  return (
    <>
      {wantedId === null ? (
        route.at === 'unknown' ? (
          <NotFound onLeave={() => go({ at: 'start' })} />
        ) : (
          <Launcher
            personName={account.name}
            onOpen={() => setDialog('select')}
            onBuild={() => void build()}
            isBuilding={isBuilding}
            corner={<AccountCorner account={account} />}
          />
        )
      ) : (
        <OpenWorkspaceScreen
          account={account}
          onSwitch={() => setDialog('select')}
          onNew={() => setDialog('create')}
          onLeave={leave}
        />
      )}
      <SelectorDialog
        open={dialog === 'select'}
        onOpenChange={() => setDialog(null)}
        currentId={wantedId}
        onChoose={enter}
        onCreate={() => setDialog('create')}
      />
      <CreateDialog open={dialog === 'create'} onOpenChange={() => setDialog(null)} onCreated={enter} />
    </>
  )
}

interface OpenWorkspaceScreenProps {
  readonly account: Account
  readonly onSwitch: () => void
  readonly onNew: () => void
  readonly onLeave: () => void
}

function OpenWorkspaceScreen({ account, onSwitch, onNew, onLeave }: OpenWorkspaceScreenProps) {
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

const NotFound = ({ onLeave }: { onLeave: () => void }) => (
  <PageMessage
    icon={<Compass aria-hidden />}
    title="There is nothing at this address"
    action={
      <Button variant="primary" onClick={onLeave}>
        Back to the launcher
      </Button>
    }
  >
    The link may be old or incomplete.
  </PageMessage>
)

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

const hasUnsavedEdits = (): boolean => useLive.getState().session?.hasUnsavedEdits() ?? false

const AccountCorner = ({ account }: { account: Account }) => (
  <AccountMenu
    account={account}
    align="end"
    hasUnsavedEdits={hasUnsavedEdits}
    trigger={
      <button type="button" aria-label="Account menu" title={account.name} className="rounded-full">
        <Avatar name={account.name} colour={personColour(account.id)} />
      </button>
    }
  />
)

const AccountFoot = ({ account }: { account: Account }) => (
  <AccountMenu
    account={account}
    side="top"
    hasUnsavedEdits={hasUnsavedEdits}
    trigger={
      <button
        type="button"
        aria-label="Account menu"
        className="flex w-full min-w-0 items-center gap-2.5 rounded-md px-2 py-1.5 text-left hover:bg-pressed data-[state=open]:bg-pressed"
      >
        <Avatar name={account.name} colour={personColour(account.id)} />
        <span className="min-w-0 flex-1 truncate text-sm font-medium">{account.name}</span>
        <ChevronsUpDown aria-hidden className="size-4 shrink-0 text-faint" />
      </button>
    }
  />
)
