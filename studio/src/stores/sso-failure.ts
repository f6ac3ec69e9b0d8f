import { create } from 'zustand'
import { useNavigation } from './navigation.ts'

const PATH = '/sso-failed'

/** Takes the reason out of the address, which goes on as that of the start page. */
function takeReason(): string | null {
  const { pathname, hash } = window.location
  if (pathname !== PATH) return null
  useNavigation.getState().go({ at: 'start' }, { replace: true })
  return hash.slice(1)
}

interface SsoFailure {
  /** Why somebody who came back from the provider is not signed in; `null`: nobody did, or it has been told. */
  readonly reason: string | null
  settle(): void
}

export const useSsoFailure = create<SsoFailure>()((set) => ({
  reason: takeReason(),
  settle: () => set({ reason: null }),
}))
