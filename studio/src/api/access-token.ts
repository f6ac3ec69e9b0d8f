import type { AccessGrant } from './shapes.ts'

/** A token is replaced when less than this is left of it, in ms: longer than any request takes. */
export const RENEW_BEFORE_END_MS = 90_000

interface AccessTokenOptions {
  /** Asks the server for a new one; the session cookie goes along. */
  renew(): Promise<AccessGrant>
  now(): number
  /** Runs `work` while no other tab of this browser does. */
  exclusively<T>(work: () => Promise<T>): Promise<T>
}

export interface AccessToken {
  /** Takes a token that sign-up or sign-in brought. */
  accept(grant: AccessGrant): void
  /**
   * A token good for at least a request; asks for a new one when the present one is near its end. Calls that
   * come while one is being fetched share it.
   *
   * @throws {ApiError} 401: the session is over. Others: try again; the old token is kept.
   */
  current(): Promise<string>
  /** A token other than `refused`, which the server has just refused. */
  replace(refused: string): Promise<string>
  /** When to call `current` so that editing never meets an expired token; `null` without a token. */
  renewAt(): number | null
  forget(): void
}

export function createAccessToken({ renew, now, exclusively }: AccessTokenOptions): AccessToken {
  let held: { text: string; expiresAt: number } | null = null
  let fetching: Promise<string> | null = null
  // Sign-out while a renewal is under way: its answer must not sign the person in again.
  let generation = 0

  const accept = (grant: AccessGrant): void => {
    held = { text: grant.accessToken, expiresAt: now() + grant.expiresIn * 1000 }
  }

  const fetchNew = (): Promise<string> => {
    const startedIn = generation
    fetching ??= exclusively(renew)
      .then((grant) => {
        if (startedIn === generation) accept(grant)
        return grant.accessToken
      })
      .finally(() => {
        fetching = null
      })
    return fetching
  }

  const isFresh = (): boolean => held !== null && held.expiresAt - now() > RENEW_BEFORE_END_MS

  return {
    accept,
    current: () => (held !== null && isFresh() ? Promise.resolve(held.text) : fetchNew()),
    replace: (refused) =>
      held !== null && held.text !== refused && isFresh() ? Promise.resolve(held.text) : fetchNew(),
    renewAt: () => (held === null ? null : held.expiresAt - RENEW_BEFORE_END_MS),
    forget: () => {
      generation += 1
      held = null
      fetching = null
    },
  }
}
