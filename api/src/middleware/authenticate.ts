import type { IncomingMessage } from 'node:http'
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
export const createAuthenticate = (credentials: Credentials): RequestHandler =>
  authenticateBy(credentials, bearerTokenOf, 'Send "Authorization: Bearer" with an access token.')

/** The same for answers that stay open: browsers' EventSource can send no header, so `?token=` will do. */
export const createAuthenticateStream = (credentials: Credentials): RequestHandler =>
  authenticateBy(
    credentials,
    (request) => bearerTokenOf(request) ?? queryTokenOf(request),
    'Send an access token, as "Authorization: Bearer" or in ?token=.',
  )

const authenticateBy =
  (credentials: Credentials, tokenOf: (request: Request) => string | null, advice: string): RequestHandler =>
  async (request, _response, next) => {
    const token = tokenOf(request)
    if (token === null) throw new NexusError('unauthorized', advice)
    setCaller(request, await verifyCaller(credentials, token))
    next()
  }

const queryTokenOf = ({ query: { token } }: Request): string | null =>
  typeof token === 'string' ? token : null

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

/** @param request - Also one that is to become a WebSocket. */
export function bearerTokenOf({ headers }: IncomingMessage): string | null {
  const match = /^bearer +([^\s]+) *$/i.exec(headers.authorization ?? '')
  return match?.[1] ?? null
}
