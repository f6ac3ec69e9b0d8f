import { MailOpen, MailX } from 'lucide-react'
import { useEffect, useState } from 'react'
import { messageOf } from '../../api/problem.ts'
import type { Account } from '../../api/shapes.ts'
import { useAccount } from '../../stores/account.ts'
import { useInvitation } from '../../stores/invitation.ts'
import { Button } from '../../ui/button.tsx'
import { PageMessage } from '../../ui/page-message.tsx'
import { ROLE_WORDS } from './roles.ts'

interface InvitationScreenProps {
  readonly account: Account
  readonly onJoined: (workspaceId: string) => void
  /** On without it. */
  readonly onLeave: () => void
}

/** Somebody who is signed in has followed the link of an invitation. */
export function InvitationScreen({ account, onJoined, onLeave }: InvitationScreenProps) {
  const { looked, look, accept, forget } = useInvitation()
  const signOut = useAccount((state) => state.signOut)
  const [failure, setFailure] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  useEffect(() => void look(), [look])
  useEffect(() => {
    document.title = 'Invitation · Nexus'
  }, [])

  const run = async (work: () => Promise<void>): Promise<void> => {
    setBusy(true)
    setFailure(null)
    try {
      await work()
    } catch (error) {
      setFailure(messageOf(error))
      setBusy(false)
    }
  }
  const leave = (): void => {
    forget()
    onLeave()
  }

  if (looked.state === 'loading')
    return (
      <PageMessage icon={<MailOpen aria-hidden />} title="Invitation">
        Looking at your invitation…
      </PageMessage>
    )
  if (looked.state === 'failed')
    return (
      <PageMessage
        icon={<MailX aria-hidden />}
        title="This invitation cannot be used"
        action={
          <>
            <Button onClick={() => void look()}>Try again</Button>
            <Button variant="primary" onClick={leave}>
              Go on without it
            </Button>
          </>
        }
      >
        {looked.message} Whoever has invited you can do so again.
      </PageMessage>
    )
  const { email, role, workspaceName, invitedBy } = looked.invitation
  const isMine = email === account.email
  return (
    <PageMessage
      icon={<MailOpen aria-hidden />}
      title={`${invitedBy} invites you to “${workspaceName}”`}
      action={
        <>
          <Button onClick={leave}>Not now</Button>
          {isMine ? (
            <Button
              variant="primary"
              busy={busy}
              onClick={() => void run(async () => onJoined(await accept()))}
            >
              Join as {ROLE_WORDS[role].label.toLowerCase()}
            </Button>
          ) : (
            <Button variant="primary" busy={busy} onClick={() => void run(signOut)}>
              Use another account
            </Button>
          )}
        </>
      }
    >
      {isMine
        ? `As ${ROLE_WORDS[role].label.toLowerCase()}: you ${role === 'viewer' ? 'look on' : 'change panels'} together with everybody there.`
        : `The invitation is for ${email}; you are signed in as ${account.email}.`}
      {failure !== null && (
        <span role="alert" className="mt-2 block text-danger">
          {failure}
        </span>
      )}
    </PageMessage>
  )
}
