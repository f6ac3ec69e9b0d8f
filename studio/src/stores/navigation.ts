import { create } from 'zustand'
import { parseRoute, type Route, toPath } from './route.ts'

interface Navigation {
  readonly route: Route
  /** Goes there; `replace` leaves no step for the back button. */
  go(route: Route, options?: { replace?: boolean }): void
}

export const useNavigation = create<Navigation>()((set, get) => ({
  route: parseRoute(window.location.pathname),
  go: (route, { replace = false } = {}) => {
    const path = toPath(route)
    if (path === toPath(get().route)) return
    window.history[replace ? 'replaceState' : 'pushState'](null, '', path)
    set({ route })
  },
}))

/** Follows the back and forward buttons. @returns Stops following. */
export function followHistory(): () => void {
  const listener = () => useNavigation.setState({ route: parseRoute(window.location.pathname) })
  window.addEventListener('popstate', listener)
  return () => window.removeEventListener('popstate', listener)
}
