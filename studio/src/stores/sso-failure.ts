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

/** Why somebody who came back from the provider is not signed in; `null`: nobody did, or they are. */
export const useSsoFailure = create<{ readonly reason: string | null }>()(() => ({ reason: takeReason() }))
