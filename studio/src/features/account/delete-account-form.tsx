import { type FormEvent, useState } from 'react'
import { isApiError, messageOf } from '../../api/problem.ts'
import { useAccount } from '../../stores/account.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'

/** The end of an account. The password is asked for, and for a while signing in brings everything back. */
export function DeleteAccountForm() {
  const deleteAccount = useAccount((state) => state.deleteAccount)
  const [isAsking, setAsking] = useState(false)
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
    <>
      <p className="mb-3 text-sm text-muted">
        Your account and the workspaces you own are closed at once, for everybody. For some weeks you can
        bring them back by signing in; then they are gone for good.
      </p>
      {isAsking ? (
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
          <Button variant="ghost" className="h-9.5 sm:mt-6.5" onClick={() => setAsking(false)}>
            Cancel
          </Button>
        </form>
      ) : (
        <Button variant="danger-soft" onClick={() => setAsking(true)}>
          Delete account…
        </Button>
      )}
    </>
  )
}
