import { type Clock, isJsonObject, toUserId, type UserId } from '@nexus/core'
import type { Journey } from './provider.ts'
import { toReturnPath } from './return-path.ts'
import { createSealedCookie, type SealedCookie } from './sealed-cookie.ts'

/** A journey, and where in the studio it ends. */
export interface Trip {
  readonly journey: Journey
  readonly returnTo: string
}

interface SsoCookies {
  /**
   * What ties an answer of the provider to the browser that asked: without it somebody could be made to sign in as
   * somebody else.
   */
  readonly trip: SealedCookie<Trip>
  /** Whose deleted account it is: they have shown it to the provider, and may bring it back. */
  readonly closed: SealedCookie<UserId>
}

export function createSsoCookies(options: {
  readonly secret: string
  readonly publicUrl: string | null
  readonly clock: Clock
}): SsoCookies {
  return {
    trip: createSealedCookie({
      ...options,
      name: 'nexus_sso',
      toClaims: ({ journey, returnTo }: Trip) => ({ journey, returnTo }),
      fromClaims: ({ journey, returnTo }) => {
        if (!isJsonObject(journey)) return null
        const { state, nonce, verifier } = journey
        if (typeof state !== 'string' || typeof nonce !== 'string' || typeof verifier !== 'string')
          return null
        return { journey: { state, nonce, verifier }, returnTo: toReturnPath(returnTo) }
      },
    }),
    closed: createSealedCookie<UserId>({
      ...options,
      name: 'nexus_sso_closed',
      toClaims: (userId) => ({ sub: userId }),
      fromClaims: ({ sub }) => (sub === undefined ? null : toUserId(sub)),
    }),
  }
}
