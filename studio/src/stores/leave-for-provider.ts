import { useInvitation } from './invitation.ts'
import { useNavigation } from './navigation.ts'
import { toPath } from './route.ts'

/** Goes to the provider of the installation; the person comes back to where they are now. */
export function leaveForProvider({ asksAgain = false } = {}): void {
  useInvitation.getState().keepForReturn()
  const { route } = useNavigation.getState()
  const query = new URLSearchParams({
    returnTo: route.at === 'sign-up' ? '/' : toPath(route),
    ...(asksAgain ? { prompt: 'login' } : {}),
  })
  window.location.assign(`/api/auth/sso/start?${query}`)
}
