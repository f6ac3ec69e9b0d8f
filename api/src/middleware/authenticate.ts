import { NexusError } from '@nexus/core'
import type { AccessTokenVerifier, VerifiedCaller } from '@nexus/core/server'
import type { Request, RequestHandler } from 'express'
import type { LiveSessions } from '../accounts/live-sessions.ts'
import { setCaller } from './request-context.ts'

export interface Credentials {
  readonly verifier: AccessTokenVerifier
  readonly liveSessions: LiveSessions
}

/** Refuses requests without a valid access token; `callerOf` works behind it. */
export const createAuthenticate =
  (credentials: Credentials): RequestHandler =>
  async (request, _response, next) => {
    const token = bearerTokenOf(request)
    if (token === null)
      throw new NexusError('unauthorized', 'Send "Authorization: Bearer" with an access token.')
    setCaller(request, await verifyCaller(credentials, token))
    next()
  }

/** As {@link createAuthenticate}; browsers' EventSource can send no header, so `?token=` will do. */
export const createAuthenticateStream =
  (credentials: Credentials): RequestHandler =>
  async (request, _response, next) => {
    const { token: inQuery } = request.query
    const token = bearerTokenOf(request) ?? (typeof inQuery === 'string' ? inQuery : null)
    if (token === null)
      throw new NexusError('unauthorized', 'Send an access token, as "Authorization: Bearer" or in ?token=.')
    setCaller(request, await verifyCaller(credentials, token))
    next()
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

export function bearerTokenOf(request: Request): string | null {
  const match = /^bearer +([^\s]+) *$/i.exec(request.get('authorization') ?? '')
  return match?.[1] ?? null
}
