import { type FormEvent, useState } from 'react'
import { isApiError, messageOf } from '../../api/problem.ts'
import { api } from '../../stores/api.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogBody, DialogFooter } from '../../ui/dialog.tsx'
import { TextField } from '../../ui/field.tsx'

interface ForgotDialogProps {
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
  /** What was typed already. */
  readonly email: string
}

/** Has a link sent that sets a new password. */
export function ForgotDialog({ open, onOpenChange, email }: ForgotDialogProps) {
  const [problem, setProblem] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const [isSent, setSent] = useState(false)

  const turn = (isOpen: boolean): void => {
    setSent(false)
    setProblem(null)
    onOpenChange(isOpen)
  }
  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault()
    const address = String(new FormData(event.currentTarget).get('email') ?? '').trim()
    setProblem(null)
    setBusy(true)
    try {
      await api.care.forgotPassword(address)
      setSent(true)
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
    <Dialog
      open={open}
      onOpenChange={turn}
      title="Forgot your password?"
      description="A link that sets a new one is sent to your e-mail address."
      size="sm"
    >
      {isSent ? (
        <>
          <DialogBody>
            <p role="status" className="text-sm">
              If this address has an account, a mail is on its way. The link in it works once, for an hour.
            </p>
          </DialogBody>
          <DialogFooter>
            <Button variant="primary" onClick={() => turn(false)}>
              Close
            </Button>
          </DialogFooter>
        </>
      ) : (
        <form noValidate onSubmit={(event) => void submit(event)} className="flex min-h-0 flex-col">
          <DialogBody>
            <TextField
              label="E-mail"
              name="email"
              type="email"
              autoComplete="username"
              autoFocus
              defaultValue={email}
              error={problem}
            />
          </DialogBody>
          <DialogFooter>
            <Button variant="ghost" onClick={() => turn(false)}>
              Cancel
            </Button>
            <Button type="submit" variant="primary" busy={busy}>
              Send link
            </Button>
          </DialogFooter>
        </form>
      )}
    </Dialog>
  )
}
