import { create } from 'zustand'
import { useNavigation } from './navigation.ts'

export interface MailLink {
  readonly kind: 'reset-password' | 'verify-email'
  readonly token: string
}

/** Takes the token out of the address, so that it stays neither there nor in the history of the browser. */
function takeLink(): MailLink | null {
  const { pathname, hash } = window.location
  const kind = pathname === '/reset-password' || pathname === '/verify-email' ? pathname.slice(1) : null
  if (kind === null || hash.length < 2) return null
  useNavigation.getState().go({ at: 'start' }, { replace: true })
  return { kind: kind as MailLink['kind'], token: hash.slice(1) }
}

interface MailLinkStore {
  /** What the person came with from a mail about their account; `null`: nothing, or it is settled. */
  readonly link: MailLink | null
  settle(): void
}

export const useMailLink = create<MailLinkStore>()((set) => ({
  link: takeLink(),
  settle: () => set({ link: null }),
}))
