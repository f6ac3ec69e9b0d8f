import { create } from 'zustand'
import type { ShownInvitation } from '../api/members.ts'
import { messageOf } from '../api/problem.ts'
import { api } from './api.ts'
import { useNavigation } from './navigation.ts'

const PATH = '/invitation'
/** In the storage of the tab, while its person signs in elsewhere. */
const KEPT = 'nexus:invitation'

/** The page that an invitation is accepted on. The token stands where no server or log sees it. */
export const invitationLink = (token: string): string => `${window.location.origin}${PATH}#${token}`

type Looked =
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly message: string }
  | { readonly state: 'ready'; readonly invitation: ShownInvitation }

interface InvitationStore {
  /** What the person came with; `null`: they came for something else, or it is settled. */
  readonly token: string | null
  readonly looked: Looked
  look(): Promise<void>
  /** @returns The id of the workspace. @throws {ApiError} */
  accept(): Promise<string>
  /** The person leaves the studio to sign in elsewhere, and comes back in this tab. */
  keepForReturn(): void
  /** Goes on without it. */
  forget(): void
}

/** Blocked storage keeps nothing: whoever comes back follows the link once more. */
function takeKept(): string | null {
  try {
    const kept = window.sessionStorage.getItem(KEPT)
    window.sessionStorage.removeItem(KEPT)
    return kept
  } catch {
    return null
  }
}

function keep(token: string): void {
  try {
    window.sessionStorage.setItem(KEPT, token)
  } catch {
    // As above.
  }
}

/** Takes the token out of the address, so that it stays neither there nor in the history of the browser. */
function takeToken(): string | null {
  const { pathname, hash } = window.location
  const kept = takeKept()
  if (pathname !== PATH || hash.length < 2) return kept
  useNavigation.getState().go({ at: 'start' }, { replace: true })
  return hash.slice(1)
}

/** The invitation whose link the person has followed. */
export const useInvitation = create<InvitationStore>()((set, get) => ({
  token: takeToken(),
  looked: { state: 'loading' },
  look: async () => {
    const { token } = get()
    if (token === null) return
    set({ looked: { state: 'loading' } })
    try {
      set({ looked: { state: 'ready', invitation: await api.members.show(token) } })
    } catch (error) {
      set({ looked: { state: 'failed', message: messageOf(error) } })
    }
  },
  accept: async () => {
    const { token } = get()
    if (token === null) throw new Error('There is no invitation.')
    const workspaceId = await api.members.accept(token)
    set({ token: null })
    return workspaceId
  },
  keepForReturn: () => {
    const { token } = get()
    if (token !== null) keep(token)
  },
  forget: () => set({ token: null }),
}))
