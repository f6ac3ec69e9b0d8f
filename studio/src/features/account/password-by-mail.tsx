import { useState } from 'react'
import type { Account } from '../../api/shapes.ts'
import { useTask } from '../../react/use-task.ts'
import { api } from '../../stores/api.ts'

/** For people who have forgotten their password, or never had one because they sign in elsewhere. */
export function PasswordByMail({ account: { email, hasPassword } }: { account: Account }) {
  const [isSent, setSent] = useState(false)
  const { isBusy, begin } = useTask(async () => {
    await api.care.forgotPassword(email)
    setSent(true)
  }, 'The mail was not sent')
  return (
    <p role="status" className="mt-2 text-xs text-muted">
      {isSent ? (
        'A mail is on its way; its link lets you choose a password.'
      ) : (
        <>
          {hasPassword ? 'Forgotten?' : 'You have none: you sign in by your provider.'}{' '}
          <button
            type="button"
            disabled={isBusy}
            onClick={begin}
            className="rounded-sm font-medium text-accent-ink underline-offset-3 hover:underline"
          >
            Choose one by mail
          </button>
        </>
      )}
    </p>
  )
}
