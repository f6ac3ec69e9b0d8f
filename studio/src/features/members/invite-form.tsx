import { type FormEvent, useState } from 'react'
import type { InvitedRole } from '../../api/members.ts'
import { isApiError, messageOf } from '../../api/problem.ts'
import { api } from '../../stores/api.ts'
import { invitationLink } from '../../stores/invitation.ts'
import { Button } from '../../ui/button.tsx'
import { CopyField } from '../../ui/copy-field.tsx'
import { TextField } from '../../ui/field.tsx'
import { SelectField } from '../../ui/select-field.tsx'
import { INVITED_ROLES } from './roles.ts'

interface Made {
  readonly email: string
  readonly link: string
  readonly isMailed: boolean
}

/** Invites somebody by e-mail address, and shows the link to pass on. */
export function InviteForm({ workspaceId, onInvited }: { workspaceId: string; onInvited: () => void }) {
  const [role, setRole] = useState<InvitedRole>('editor')
  const [problem, setProblem] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const [made, setMade] = useState<Made | null>(null)

  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault()
    const form = event.currentTarget
    const email = String(new FormData(form).get('email') ?? '').trim()
    if (email === '') return setProblem('Enter an e-mail address, such as ada@example.org.')
    setProblem(null)
    setBusy(true)
    try {
      const { token, isMailed } = await api.members.invite(workspaceId, { email, role })
      setMade({ email, link: invitationLink(token), isMailed })
      form.reset()
      onInvited()
    } catch (error) {
      setProblem(
        isApiError(error, 'validation_failed')
          ? 'Enter an e-mail address, such as ada@example.org.'
          : messageOf(error),
      )
    } finally {
      setBusy(false)
    }
  }

  return (
    <div className="space-y-3">
      <form
        noValidate
        onSubmit={(event) => void submit(event)}
        className="grid gap-2 sm:grid-cols-[1fr_8rem_auto] sm:items-start"
      >
        <TextField label="Invite by e-mail" name="email" type="email" autoComplete="off" error={problem} />
        <SelectField label="As" value={role} options={INVITED_ROLES} onChoose={setRole} />
        <Button type="submit" variant="primary" busy={busy} className="h-9.5 sm:mt-6.5">
          Invite
        </Button>
      </form>
      {made !== null && (
        <div role="status" className="rounded-md border border-line bg-info-soft p-3">
          <p className="mb-2 text-sm">
            {made.email} is invited{made.isMailed ? ', and has been sent this link.' : '. Pass this link on.'}{' '}
            It is good for 14 days, for that address only, and shown only now.
          </p>
          <CopyField label="Link" text={made.link} />
        </div>
      )}
    </div>
  )
}
