import { CloudOff, Compass } from 'lucide-react'
import { useEffect, useState } from 'react'
import { messageOf } from '../api/problem.ts'
import type { Account } from '../api/shapes.ts'
import { AccountScreen } from '../features/account/account-screen.tsx'
import { MailLinkScreen } from '../features/account/mail-link-screen.tsx'
import { DeletedDialog } from '../features/deleted/deleted-dialog.tsx'
import { Launcher } from '../features/launcher/launcher.tsx'
import { InvitationScreen } from '../features/members/invitation-screen.tsx'
import { CreateDialog } from '../features/workspaces/create-dialog.tsx'
import { SelectorDialog } from '../features/workspaces/selector-dialog.tsx'
import { useAccount } from '../stores/account.ts'
import { api } from '../stores/api.ts'
import { useInvitation } from '../stores/invitation.ts'
import { useMailLink } from '../stores/mail-link.ts'
import { useNavigation } from '../stores/navigation.ts'
import { rememberedWorkspace, rememberWorkspace } from '../stores/remembered.ts'
import { scratchName } from '../stores/scratch-name.ts'
import { useWorkspaces } from '../stores/workspaces.ts'
import { Button } from '../ui/button.tsx'
import { Logo } from '../ui/logo.tsx'
import { PageMessage } from '../ui/page-message.tsx'
import { showToast } from '../ui/toasts.ts'
import { AccountCorner } from './account-buttons.tsx'
import { loadWorkspacePage, OpenWorkspaceScreen } from './open-workspace-screen.tsx'

/** Which screen the person sees. */
export function App() {
  const current = useAccount((state) => state.current)
  const route = useNavigation((state) => state.route)
  const invited = useInvited()
  const link = useMailLink((state) => state.link)
  if (link !== null) return <MailLinkScreen link={link} />
  if (current.state === 'checking') return <Starting problem={current.problem} />
  if (current.state === 'signed-out')
    return (
      <AccountScreen
        isNew={route.at === 'sign-up'}
        notice={current.notice ?? invited?.words ?? null}
        invitedEmail={invited?.email ?? null}
      />
    )
  return <Workplace key={current.account.id} account={current.account} landing={current.landing} />
}

/** What a person who is not signed in is told about the invitation they came with; `null`: there is none. */
function useInvited(): { readonly words: string; readonly email: string | null } | null {
  const { token, looked, look } = useInvitation()
  useEffect(() => void look(), [look])
  if (token === null) return null
  if (looked.state === 'failed')
    return { words: `The invitation cannot be used. ${looked.message}`, email: null }
  if (looked.state === 'loading')
    return { words: 'Sign in, or create an account, to accept your invitation.', email: null }
  const { invitedBy, workspaceName, email } = looked.invitation
  const words = `${invitedBy} invites you to “${workspaceName}”. Sign in, or create an account, as ${email}.`
  return { words, email }
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
  const { open, openWorkspace, closeWorkspace, createWorkspace, restoreWorkspace } = useWorkspaces()
  const [dialog, setDialog] = useState<'select' | 'create' | 'deleted' | null>(null)
  const [isBuilding, setBuilding] = useState(false)
  const wantedId = route.at === 'workspace' ? route.workspaceId : null
  const isInvited = useInvitation((state) => state.token !== null)

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

  if (isInvited)
    return <InvitationScreen account={account} onJoined={enter} onLeave={() => go({ at: 'start' })} />
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
        onDeleted={() => setDialog('deleted')}
      />
      <DeletedDialog
        open={dialog === 'deleted'}
        onOpenChange={() => setDialog(null)}
        description="Your own workspaces. They come back as they were, with their members and panels."
        emptyText="Workspaces that you delete stay here for a while."
        load={api.listDeletedWorkspaces}
        onRestore={async ({ id }) => {
          await restoreWorkspace(id)
          enter(id)
        }}
      />
      <CreateDialog open={dialog === 'create'} onOpenChange={() => setDialog(null)} onCreated={enter} />
    </>
  )
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
