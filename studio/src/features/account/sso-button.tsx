import { KeyRound } from 'lucide-react'
import { useState } from 'react'
import { useLoaded } from '../../react/use-loaded.ts'
import { api } from '../../stores/api.ts'
import { useInvitation } from '../../stores/invitation.ts'
import { useNavigation } from '../../stores/navigation.ts'
import { toPath } from '../../stores/route.ts'
import { Button } from '../../ui/button.tsx'

const load = () => api.care.signInWays()

/** Signs in by the provider of the installation, where there is one. */
export function SsoButton() {
  const { loaded } = useLoaded(load)
  const route = useNavigation((state) => state.route)
  const keepForReturn = useInvitation((state) => state.keepForReturn)
  const [isLeaving, setLeaving] = useState(false)
  if (loaded.state !== 'ready' || loaded.value.sso === null) return null
  const { label } = loaded.value.sso
  const leave = (): void => {
    setLeaving(true)
    keepForReturn()
    const returnTo = route.at === 'sign-up' ? '/' : toPath(route)
    window.location.assign(`/api/auth/sso/start?returnTo=${encodeURIComponent(returnTo)}`)
  }
  return (
    <>
      <p aria-hidden className="my-4 flex items-center gap-3 text-xs text-faint">
        <span className="h-px flex-1 bg-line" />
        or
        <span className="h-px flex-1 bg-line" />
      </p>
      <Button size="lg" busy={isLeaving} onClick={leave} className="w-full">
        <KeyRound aria-hidden className="size-4 shrink-0" />
        <span className="truncate">Continue with {label}</span>
      </Button>
    </>
  )
}
