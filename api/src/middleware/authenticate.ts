import type { IncomingMessage } from 'node:http'
import { NexusError } from '@nexus/core'
import { type Credentials, verifyCaller } from '@nexus/core/server'
import type { Request, RequestHandler } from 'express'
import { setCaller } from './request-context.ts'

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

/** @param request - Also one that is to become a WebSocket. */
export function bearerTokenOf({ headers }: IncomingMessage): string | null {
  const match = /^bearer +([^\s]+) *$/i.exec(headers.authorization ?? '')
  return match?.[1] ?? null
}
