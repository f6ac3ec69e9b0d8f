import { NexusError } from '@nexus/core'
import type { SessionView } from '@nexus/core/http-contract'
import { type RequestHandler, Router } from 'express'
import { deleteSession, deleteSessions, listSessions } from '../accounts/sessions.ts'
import { route } from '../middleware/route.ts'
import { sessionCallerOf } from '../middleware/session-caller.ts'
import type { ApiParts } from '../parts.ts'
import { createSessionCookie } from './session-cookie.ts'

/** `/api/auth/sessions`: where somebody is signed in, and an end to it. */
export function createSessionRoutes(parts: ApiParts): Router {
  const { db, clock, authenticate, liveCredentials, options } = parts
  const cookie = createSessionCookie(options.PUBLIC_URL)

  const list: RequestHandler = async (request, response) => {
    const { userId, sessionId } = sessionCallerOf(request)
    const sessions = await listSessions(db, userId, clock.now())
    response.json(
      sessions.map(
        (session): SessionView => ({
          id: session.id,
          createdAt: session.createdAt.toISOString(),
          lastUsedAt: session.lastUsedAt.toISOString(),
          expiresAt: session.expiresAt.toISOString(),
          userAgent: session.userAgent,
          ipAddress: session.ipAddress,
          isCurrent: session.id === sessionId,
        }),
      ),
    )
  }

  const end: RequestHandler = async (request, response) => {
    const { userId, sessionId } = sessionCallerOf(request)
    const id = String(request.params.sessionId)
    const isEnded = await deleteSession(db, { id, userId })
    if (!isEnded) throw new NexusError('not_found', 'There is no such session, or it is over.')
    liveCredentials.markEnded(id)
    if (id === sessionId) cookie.clear(request, response)
    response.status(204).end()
  }

  const endAll: RequestHandler = async (request, response) => {
    const { userId } = sessionCallerOf(request)
    for (const id of await deleteSessions(db, { userId })) liveCredentials.markEnded(id)
    cookie.clear(request, response)
    response.status(204).end()
  }

  const router = Router()
  route(router, '/sessions', { GET: [authenticate, list] })
  route(router, '/sessions/:sessionId', { DELETE: [authenticate, end] })
  route(router, '/logout-everywhere', { POST: [authenticate, endAll] })
  return router
}
