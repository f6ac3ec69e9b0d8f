import { Monitor } from 'lucide-react'
import { useState } from 'react'
import type { SessionEntry } from '../../api/account-care.ts'
import { messageOf } from '../../api/problem.ts'
import { useLoaded } from '../../react/use-loaded.ts'
import { api } from '../../stores/api.ts'
import { Button } from '../../ui/button.tsx'
import { timeAgo } from '../../ui/time-ago.ts'
import { showToast } from '../../ui/toasts.ts'
import { browserName } from './browser-name.ts'

const load = () => api.care.listSessions()

/** Every session of the person; the others can be ended. */
export function SessionList() {
  const { loaded, reload } = useLoaded(load)
  if (loaded.state === 'loading')
    return (
      <div role="status" className="space-y-2 py-2">
        <span className="sr-only">Loading your sessions</span>
        <div aria-hidden className="skeleton h-3.5 w-1/2" />
        <div aria-hidden className="skeleton h-3.5 w-2/3" />
      </div>
    )
  if (loaded.state === 'failed')
    return (
      <p className="text-sm text-muted">
        {loaded.message}{' '}
        <Button size="sm" onClick={() => void reload()}>
          Try again
        </Button>
      </p>
    )
  return (
    <ul aria-label="Sessions" className="divide-y divide-line">
      {loaded.value.map((session) => (
        <SessionRow key={session.id} session={session} onEnded={reload} />
      ))}
    </ul>
  )
}

function SessionRow({ session, onEnded }: { session: SessionEntry; onEnded: () => Promise<void> }) {
  const [busy, setBusy] = useState(false)
  const name = browserName(session.userAgent)
  const end = async (): Promise<void> => {
    setBusy(true)
    try {
      await api.care.endSession(session.id)
      await onEnded()
    } catch (error) {
      showToast({ level: 'error', title: 'The session goes on', message: messageOf(error) })
      setBusy(false)
    }
  }
  return (
    <li className="flex items-center gap-3 py-2">
      <Monitor aria-hidden className="size-4 shrink-0 text-faint" />
      <div className="min-w-0 flex-1">
        <p className="truncate text-sm">{name}</p>
        <p className="truncate text-xs text-muted">
          {[session.ipAddress, session.isCurrent ? 'this one' : timeAgo(session.lastUsedAt, Date.now())]
            .filter((fact) => fact !== null)
            .join(' · ')}
        </p>
      </div>
      {!session.isCurrent && (
        <Button size="sm" busy={busy} onClick={() => void end()} aria-label={`Sign out ${name}`}>
          Sign out
        </Button>
      )}
    </li>
  )
}
