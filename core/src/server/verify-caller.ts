import { NexusError } from '../model/errors.ts'
import type { AccessTokenVerifier, VerifiedCaller } from './access-token-verifier.ts'
import type { LiveSessions } from './live-sessions.ts'

/** What tells who somebody is. */
export interface Credentials {
  readonly verifier: AccessTokenVerifier
  readonly liveSessions: LiveSessions
}

/** @throws {NexusError} `unauthorized` when the token is not valid, or its session has been ended. */
export async function verifyCaller(
  { verifier, liveSessions }: Credentials,
  token: string,
): Promise<VerifiedCaller> {
  const caller = await verifier.verify(token)
  const { sessionId, userId } = caller
  if (sessionId !== null && !(await liveSessions.isLive({ id: sessionId, userId }))) {
    throw new NexusError('unauthorized', 'The session of this access token is over; sign in again.')
  }
  return caller
}
