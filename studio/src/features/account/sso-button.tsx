import { KeyRound } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useLoaded } from '../../react/use-loaded.ts'
import { api } from '../../stores/api.ts'
import { leaveForProvider } from '../../stores/leave-for-provider.ts'
import { Button } from '../../ui/button.tsx'

const load = () => api.care.signInWays()

/** Signs in by the provider of the installation, where there is one. */
export function SsoButton() {
  const { loaded } = useLoaded(load)
  const [isLeaving, setLeaving] = useState(false)
  useEffect(() => {
    // Back by the browser's button: the page may be the same one, as it was left.
    const onShow = () => setLeaving(false)
    window.addEventListener('pageshow', onShow)
    return () => window.removeEventListener('pageshow', onShow)
  }, [])
  if (loaded.state !== 'ready' || loaded.value.sso === null) return null
  const leave = (): void => {
    setLeaving(true)
    leaveForProvider()
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
        <span className="truncate">Continue with {loaded.value.sso.label}</span>
      </Button>
    </>
  )
}
