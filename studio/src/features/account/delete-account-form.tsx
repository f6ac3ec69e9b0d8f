import { type FormEvent, useState } from 'react'
import { isApiError, messageOf } from '../../api/problem.ts'
import { useAccount } from '../../stores/account.ts'
import { leaveForProvider } from '../../stores/leave-for-provider.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'

/**
 * The end of an account. The password is asked for, or a sign-in of a moment ago where there is none; for a while signing in
 * brings everything back.
 */
export function DeleteAccountForm({ hasPassword }: { readonly hasPassword: boolean }) {
  const [isAsking, setAsking] = useState(false)
  const Form = hasPassword ? ByPassword : BySignIn
  return (
    <>
      <p className="mb-3 text-sm text-muted">
        Your account and the workspaces you own are closed at once, for everybody. For some weeks you can
        bring them back by signing in; then they are gone for good.
      </p>
      {isAsking ? (
        <Form onCancel={() => setAsking(false)} />
      ) : (
        <Button variant="danger-soft" onClick={() => setAsking(true)}>
          Delete account…
        </Button>
      )}
    </>
  )
}

interface FormProps {
  readonly onCancel: () => void
}

function ByPassword({ onCancel }: FormProps) {
  const deleteAccount = useAccount((state) => state.deleteAccount)
  const [problem, setProblem] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)

  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault()
    const password = String(new FormData(event.currentTarget).get('password') ?? '')
    if (password === '') return setProblem('Enter your password.')
    setBusy(true)
    try {
      await deleteAccount(password)
    } catch (error) {
      setProblem(isApiError(error, 'invalid_credentials') ? 'This is not your password.' : messageOf(error))
      setBusy(false)
    }
  }

  return (
    <form
      noValidate
      onSubmit={(event) => void submit(event)}
      className="grid gap-3 sm:grid-cols-[1fr_auto_auto] sm:items-start"
    >
      <TextField
        label="Your password"
        name="password"
        type="password"
        autoComplete="current-password"
        autoFocus
        error={problem}
      />
      <Button type="submit" variant="danger" busy={busy} className="h-9.5 sm:mt-6.5">
        Delete account
      </Button>
      <Button variant="ghost" className="h-9.5 sm:mt-6.5" onClick={onCancel}>
        Cancel
      </Button>
    </form>
  )
}

function BySignIn({ onCancel }: FormProps) {
  const deleteAccount = useAccount((state) => state.deleteAccount)
  const [problem, setProblem] = useState<string | null>(null)
  const [isTooOld, setTooOld] = useState(false)
  const [busy, setBusy] = useState(false)

  const remove = async (): Promise<void> => {
    setBusy(true)
    setProblem(null)
    try {
      await deleteAccount(null)
    } catch (error) {
      setTooOld(isApiError(error, 'recent_sign_in_required'))
      setProblem(messageOf(error))
      setBusy(false)
    }
  }

  return (
    <div className="space-y-3">
      <p role="alert" className="text-sm">
        {problem ?? 'Do you want to delete your account?'}
      </p>
      <div className="flex flex-wrap gap-2">
        {isTooOld ? (
          <Button key="again" variant="primary" onClick={() => leaveForProvider({ asksAgain: true })}>
            Sign in again
          </Button>
        ) : (
          <Button key="delete" variant="danger" busy={busy} onClick={() => void remove()}>
            Delete account
          </Button>
        )}
        <Button variant="ghost" onClick={onCancel}>
          Cancel
        </Button>
      </div>
    </div>
  )
}
