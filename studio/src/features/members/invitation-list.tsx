import { Mail } from 'lucide-react'
import { useState } from 'react'
import type { Invitation } from '../../api/members.ts'
import { messageOf } from '../../api/problem.ts'
import { Button } from '../../ui/button.tsx'
import { showToast } from '../../ui/toasts.ts'
import { ROLE_WORDS } from './roles.ts'

interface InvitationListProps {
  readonly invitations: readonly Invitation[]
  readonly onWithdraw: (id: string) => Promise<void>
}

const dayOf = (time: string): string =>
  new Intl.DateTimeFormat('en', { day: 'numeric', month: 'long' }).format(new Date(time))

/** Who has been invited and has not come yet. */
export const InvitationList = ({ invitations, onWithdraw }: InvitationListProps) => (
  <section aria-labelledby="open-invitations">
    <h3 id="open-invitations" className="mb-1 text-xs font-medium text-faint">
      Invited
    </h3>
    <ul className="divide-y divide-line">
      {invitations.map((invitation) => (
        <InvitationRow key={invitation.id} invitation={invitation} onWithdraw={onWithdraw} />
      ))}
    </ul>
  </section>
)

function InvitationRow({
  invitation: { id, email, role, expiresAt },
  onWithdraw,
}: {
  invitation: Invitation
  onWithdraw: (id: string) => Promise<void>
}) {
  const [busy, setBusy] = useState(false)
  const withdraw = async (): Promise<void> => {
    setBusy(true)
    try {
      await onWithdraw(id)
    } catch (error) {
      showToast({ level: 'error', title: 'The invitation still stands', message: messageOf(error) })
      setBusy(false)
    }
  }
  return (
    <li className="flex items-center gap-3 py-2.5">
      <span className="grid size-7 shrink-0 place-items-center rounded-full bg-sunken text-faint">
        <Mail aria-hidden className="size-3.5" />
      </span>
      <div className="min-w-0 flex-1">
        <p className="truncate text-sm">{email}</p>
        <p className="truncate text-xs text-muted">
          {ROLE_WORDS[role].label}, until {dayOf(expiresAt)}
        </p>
      </div>
      <Button
        size="sm"
        busy={busy}
        onClick={() => void withdraw()}
        aria-label={`Withdraw the invitation of ${email}`}
      >
        Withdraw
      </Button>
    </li>
  )
}
