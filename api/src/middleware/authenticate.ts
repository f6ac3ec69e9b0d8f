import type { IncomingMessage } from 'node:http'
import { NexusError } from '@nexus/core'
import { type Credentials, requireScope, verifyCaller } from '@nexus/core/server'
import type { Request, RequestHandler } from 'express'
import { callerOf, setCaller } from './request-context.ts'
import type { WriteLimit } from './write-limit.ts'

/** Refuses requests without a valid access token or API key, and too many changes; `callerOf` works behind it. */
export const createAuthenticate = (credentials: Credentials, limitWrites: WriteLimit): RequestHandler => {
  const authenticate = authenticateBy(
    credentials,
    bearerTokenOf,
    'Send "Authorization: Bearer" with an access token or an API key.',
  )
  return async (request, response, next) => {
    await authenticate(request, response, () => {
      if (!READING.has(request.method)) limitWrites(callerOf(request))
      next()
    })
  }
}

const READING: ReadonlySet<string> = new Set(['GET', 'HEAD'])

/** The same for answers that stay open: browsers' EventSource can send no header, so `?token=` will do. */
export const createAuthenticateStream = (credentials: Credentials): RequestHandler =>
  authenticateBy(
    credentials,
    (request) => bearerTokenOf(request) ?? queryTokenOf(request),
    'Send an access token or an API key, as "Authorization: Bearer" or in ?token=.',
  )

/** Behind `authenticate`: for what a stolen key must not be good for. */
export const requirePerson: RequestHandler = (request, _response, next) => {
  if (callerOf(request).key !== null)
    throw new NexusError('forbidden', 'API keys may not do this; sign in with an account.')
  next()
}

/** Behind `authenticate`: for what belongs to no workspace yet. */
export const requireFounder: RequestHandler = (request, _response, next) => {
  const { key } = callerOf(request)
  requireScope({ key }, 'admin')
  if (key !== null && key.workspaceIds !== null)
    throw new NexusError('forbidden', 'This API key is limited to workspaces, so it cannot make others.')
  next()
}

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
