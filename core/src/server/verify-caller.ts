import { NexusError } from '../model/errors.ts'
import { type Clock, systemClock } from '../ports/clock.ts'
import type { Fanout } from '../ports/fanout.ts'
import type { Db } from '../sql/database.ts'
import { createAccessTokenVerifier } from './access-token-verifier.ts'
import { createApiKeyVerifier, isApiKey } from './api-key-verifier.ts'
import type { VerifiedCaller } from './caller.ts'
import { createLiveCredentials, type LiveCredentials } from './live-credentials.ts'

/** What tells who somebody is, the same for every protocol. */
export interface Credentials {
  /** Takes an access token or an API key. @throws {NexusError} `unauthorized`. */
  readonly verifier: { verify(token: string): Promise<VerifiedCaller> }
  readonly liveCredentials: LiveCredentials
}

export function createCredentials(parts: {
  readonly db: Db
  readonly fanout: Fanout
  readonly clock?: Clock
}): Credentials {
  const { db, fanout, clock = systemClock } = parts
  const accessTokens = createAccessTokenVerifier({ db, clock })
  const apiKeys = createApiKeyVerifier({ db, clock })
  return {
    verifier: { verify: (token) => (isApiKey(token) ? apiKeys : accessTokens).verify(token) },
    liveCredentials: createLiveCredentials({ db, fanout, clock }),
  }
}

/** @throws {NexusError} `unauthorized` when the token or key is not valid, or has been ended. */
export async function verifyCaller(
  { verifier, liveCredentials }: Credentials,
  token: string,
): Promise<VerifiedCaller> {
  const caller = await verifier.verify(token)
  if (await liveCredentials.isLive(caller)) return caller
  throw new NexusError(
    'unauthorized',
    caller.key === null
      ? 'The session of this access token is over; sign in again.'
      : 'The API key is not valid, or was revoked.',
  )
}
