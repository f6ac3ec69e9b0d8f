import { type FormEvent, useState } from 'react'
import { isApiError, messageOf } from '../../api/problem.ts'
import { api } from '../../stores/api.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { showToast } from '../../ui/toasts.ts'
import { MIN_PASSWORD_LENGTH } from './password-length.ts'

interface Problems {
  readonly current?: string
  readonly next?: string
}

export function ChangePasswordForm() {
  const [problems, setProblems] = useState<Problems>({})
  const [busy, setBusy] = useState(false)

  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault()
    const form = event.currentTarget
    const fields = new FormData(form)
    const [current, next] = [String(fields.get('current') ?? ''), String(fields.get('next') ?? '')]
    if (current === '') return setProblems({ current: 'Enter your present password.' })
    if (next.length < MIN_PASSWORD_LENGTH)
      return setProblems({ next: `Use at least ${MIN_PASSWORD_LENGTH} characters.` })
    setProblems({})
    setBusy(true)
    try {
      await api.care.changePassword(current, next)
      form.reset()
      showToast({
        level: 'success',
        title: 'Your password is changed',
        message: 'You are signed out everywhere else.',
      })
    } catch (error) {
      setProblems(
        isApiError(error, 'invalid_credentials')
          ? { current: 'This is not your present password.' }
          : { next: messageOf(error) },
      )
    } finally {
      setBusy(false)
    }
  }

  return (
    <form
      noValidate
      onSubmit={(event) => void submit(event)}
      className="grid gap-3 sm:grid-cols-[1fr_1fr_auto] sm:items-start"
    >
      <TextField
        label="Present password"
        name="current"
        type="password"
        autoComplete="current-password"
        error={problems.current ?? null}
      />
      <TextField
        label="New password"
        name="next"
        type="password"
        autoComplete="new-password"
        error={problems.next ?? null}
      />
      <Button type="submit" busy={busy} className="h-9.5 sm:mt-6.5">
        Change
      </Button>
    </form>
  )
}
