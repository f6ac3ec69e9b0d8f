import { create } from 'zustand'
import { isApiError, messageOf } from '../api/problem.ts'
import type { Account, Admission } from '../api/shapes.ts'
import { clearOfflineCopies } from '../session/offline-copy.ts'
import { hearOtherTabs, tellOtherTabs } from './account-news.ts'
import { api } from './api.ts'

type AccountState =
  /** Asking the server who we are; `problem` while it cannot be reached. */
  | { readonly state: 'checking'; readonly problem: string | null }
  | { readonly state: 'signed-out'; readonly notice: string | null }
  /** `landing` is the workspace sign-up made; `null` when the visit goes on where it was. */
  | { readonly state: 'signed-in'; readonly account: Account; readonly landing: string | null }

interface AccountStore {
  readonly current: AccountState
  signUp(person: { email: string; password: string; name: string }): Promise<void>
  signIn(person: { email: string; password: string }): Promise<void>
  /** Brings a deleted account back. */
  restoreAccount(person: { email: string; password: string }): Promise<void>
  /** The same for who has just tried to sign in to it at the provider. */
  restoreAccountBySso(): Promise<void>
  /** Closes the account; `null`: it has no password. @throws {ApiError} */
  deleteAccount(password: string | null): Promise<void>
  /** Ends the session everywhere and removes the copies this browser keeps for offline work. */
  signOut(): Promise<void>
}

const admitted = ({ account, workspaceId }: Admission, isNew: boolean): AccountState => {
  tellOtherTabs({ type: 'signed-in', userId: account.id })
  return { state: 'signed-in', account, landing: isNew ? workspaceId : null }
}

export const useAccount = create<AccountStore>()((set, get) => ({
  current: { state: 'checking', problem: null },
  signUp: async (person) => set({ current: admitted(await api.signUp(person), true) }),
  signIn: async (person) => set({ current: admitted(await api.signIn(person), false) }),
  restoreAccount: async (person) => set({ current: admitted(await api.restoreAccount(person), false) }),
  restoreAccountBySso: async () => set({ current: admitted(await api.restoreAccountBySso(), false) }),
  deleteAccount: async (password) => {
    const { current } = get()
    const deletesAt = await api.care.deleteAccount(password)
    api.token.forget()
    const day = new Intl.DateTimeFormat('en', { dateStyle: 'medium' }).format(new Date(deletesAt))
    const notice = `Your account is closed. Until ${day} you can bring it back by signing in.`
    set({ current: { state: 'signed-out', notice } })
    tellOtherTabs({ type: 'signed-out' })
    if (current.state === 'signed-in') await clearOfflineCopies(current.account.id)
  },
  signOut: async () => {
    const { current } = get()
    await api.signOut()
    set({ current: { state: 'signed-out', notice: null } })
    tellOtherTabs({ type: 'signed-out' })
    if (current.state === 'signed-in') await clearOfflineCopies(current.account.id)
  },
}))

const signedOutWith = (notice: string | null): void => {
  api.token.forget()
  useAccount.setState({ current: { state: 'signed-out', notice } })
}

/** First pause between tries to reach the server, ms; doubles up to {@link LONGEST_PAUSE_MS}. */
const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 10_000

async function findOut(pauseMs = FIRST_PAUSE_MS): Promise<void> {
  try {
    const account = await api.me()
    useAccount.setState({ current: { state: 'signed-in', account, landing: null } })
    // Whoever signs in at a provider comes back to a new page: nothing else has told them.
    tellOtherTabs({ type: 'signed-in', userId: account.id })
  } catch (error) {
    if (isApiError(error) && error.status === 401) return signedOutWith(null)
    useAccount.setState({ current: { state: 'checking', problem: messageOf(error) } })
    setTimeout(() => void findOut(Math.min(pauseMs * 2, LONGEST_PAUSE_MS)), pauseMs)
  }
}

/** A timer sleeps with the laptop; so the token is looked at this often, ms, and whenever the page is shown. */
const LOOK_EVERY_MS = 20_000

async function keepTokenFresh(): Promise<void> {
  const { current } = useAccount.getState()
  const renewAt = api.token.renewAt()
  if (current.state !== 'signed-in' || renewAt === null || Date.now() < renewAt) return
  try {
    const account = await api.me()
    // Another tab signed in as somebody else, and this one slept through the news.
    if (account.id !== current.account.id) window.location.reload()
  } catch {
    // A 401 is dealt with by onSessionOver; without a network the next look tries again.
  }
}

/** Finds out who is signed in and keeps the session going. @returns Stops. */
export function startAccount(): () => void {
  api.onSessionOver(() => {
    if (useAccount.getState().current.state === 'signed-in')
      signedOutWith('Your session has ended. Sign in again to go on; unsaved edits are kept in this browser.')
  })
  const stopHearing = hearOtherTabs((news) => {
    const { current } = useAccount.getState()
    if (news.type === 'signed-out') {
      if (current.state === 'signed-in') signedOutWith('You signed out in another tab.')
    } else if (
      current.state === 'signed-out' ||
      (current.state === 'signed-in' && current.account.id !== news.userId)
    ) {
      window.location.reload()
    }
  })
  const look = () => void keepTokenFresh()
  const timer = setInterval(look, LOOK_EVERY_MS)
  document.addEventListener('visibilitychange', look)
  void findOut()
  return () => {
    stopHearing()
    clearInterval(timer)
    document.removeEventListener('visibilitychange', look)
  }
}
