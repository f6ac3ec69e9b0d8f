import { useState } from 'react'
import type { Account } from '../../api/shapes.ts'
import { useLoaded } from '../../react/use-loaded.ts'
import { useTask } from '../../react/use-task.ts'
import { api } from '../../stores/api.ts'
import { Button } from '../../ui/button.tsx'

const load = () => api.me()

/** The person's e-mail address, and a mail to confirm it as long as that has not been done. */
export function AddressSection({ account }: { account: Account }) {
  // It may have been confirmed on another device since this page was opened.
  const { loaded } = useLoaded(load)
  const { email, emailVerified } = loaded.state === 'ready' ? loaded.value : account
  const [isSent, setSent] = useState(false)
  const { isBusy, begin } = useTask(async () => {
    await api.care.requestVerification()
    setSent(true)
  }, 'The mail was not sent')
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
      <div className="min-w-0 flex-1">
        <p className="truncate text-sm">{email}</p>
        <p role="status" className="text-xs text-muted">
          {emailVerified
            ? 'Confirmed'
            : isSent
              ? 'A mail is on its way. Follow its link to confirm the address.'
              : 'Not confirmed yet'}
        </p>
      </div>
      {!emailVerified && (
        <Button size="sm" busy={isBusy} disabled={isSent} onClick={begin}>
          Send a mail to confirm it
        </Button>
      )}
    </div>
  )
}
