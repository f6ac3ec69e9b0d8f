import { KeyRound, MailCheck, MailX } from 'lucide-react'
import { type FormEvent, useEffect, useState } from 'react'
import { messageOf } from '../../api/problem.ts'
import { api } from '../../stores/api.ts'
import { type MailLink, useMailLink } from '../../stores/mail-link.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { PageMessage } from '../../ui/page-message.tsx'
import { MIN_PASSWORD_LENGTH } from './password-length.ts'

/** Somebody has followed a link in a mail about their account. */
export function MailLinkScreen({ link: { kind, token } }: { link: MailLink }) {
  const settle = useMailLink((state) => state.settle)
  return kind === 'verify-email' ? (
    <ConfirmedAddress token={token} onGoOn={settle} />
  ) : (
    <NewPassword token={token} onGoOn={settle} />
  )
}

type Outcome =
  | { readonly state: 'asking' }
  | { readonly state: 'done' }
  | { readonly state: 'failed'; readonly message: string }

function ConfirmedAddress({ token, onGoOn }: { token: string; onGoOn: () => void }) {
  const [outcome, setOutcome] = useState<Outcome>({ state: 'asking' })
  useEffect(() => {
    document.title = 'E-mail address · Nexus'
    api.care.verifyEmail(token).then(
      () => setOutcome({ state: 'done' }),
      (error: unknown) => setOutcome({ state: 'failed', message: messageOf(error) }),
    )
  }, [token])
  const goOn = (
    <Button variant="primary" onClick={onGoOn}>
      Go on
    </Button>
  )
  if (outcome.state === 'asking')
    return (
      <PageMessage icon={<MailCheck aria-hidden />} title="One moment">
        Confirming your e-mail address…
      </PageMessage>
    )
  if (outcome.state === 'done')
    return (
      <PageMessage icon={<MailCheck aria-hidden />} title="Your e-mail address is confirmed" action={goOn}>
        Thank you.
      </PageMessage>
    )
  return (
    <PageMessage icon={<MailX aria-hidden />} title="The address was not confirmed" action={goOn}>
      {outcome.message} The link works once, for a week; have another one sent in your account.
    </PageMessage>
  )
}

function NewPassword({ token, onGoOn }: { token: string; onGoOn: () => void }) {
  const [problem, setProblem] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const [isDone, setDone] = useState(false)
  useEffect(() => {
    document.title = 'New password · Nexus'
  }, [])

  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault()
    const password = String(new FormData(event.currentTarget).get('password') ?? '')
    if (password.length < MIN_PASSWORD_LENGTH)
      return setProblem(`Use at least ${MIN_PASSWORD_LENGTH} characters.`)
    setProblem(null)
    setBusy(true)
    try {
      await api.care.resetPassword(token, password)
      setDone(true)
    } catch (error) {
      setProblem(messageOf(error))
    } finally {
      setBusy(false)
    }
  }

  if (isDone)
    return (
      <PageMessage
        icon={<KeyRound aria-hidden />}
        title="Your new password is set"
        action={
          // Every session has ended, this one too.
          <Button variant="primary" onClick={() => window.location.assign('/')}>
            Sign in
          </Button>
        }
      >
        You are signed out everywhere.
      </PageMessage>
    )
  return (
    <main className="grid min-h-full place-items-center px-4 py-10">
      <form
        noValidate
        onSubmit={(event) => void submit(event)}
        className="w-full max-w-88 animate-fade-in space-y-4 rounded-xl border border-line bg-surface p-5 shadow-md"
      >
        <h1 className="text-xl font-semibold tracking-tight">Choose a new password</h1>
        <TextField
          label="New password"
          name="password"
          type="password"
          autoComplete="new-password"
          autoFocus
          hint={`At least ${MIN_PASSWORD_LENGTH} characters. You are signed out everywhere then.`}
          error={problem}
        />
        <div className="flex justify-end gap-2">
          <Button variant="ghost" onClick={onGoOn}>
            Cancel
          </Button>
          <Button type="submit" variant="primary" busy={busy}>
            Set password
          </Button>
        </div>
      </form>
    </main>
  )
}
