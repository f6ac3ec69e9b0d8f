import { invitationTokenRequest } from '@nexus/core/http-contract'
import { type RequestHandler, Router } from 'express'
import { requirePerson } from '../middleware/authenticate.ts'
import { parseBody } from '../middleware/parse.ts'
import { callerOf } from '../middleware/request-context.ts'
import { route } from '../middleware/route.ts'
import type { ApiParts } from '../parts.ts'
import { actorOf } from '../use-cases/audit.ts'
import { acceptInvitation, showInvitation } from '../use-cases/invitations.ts'
import { readWorkspace } from '../use-cases/read-workspaces.ts'

/** `/api/invitations`: for those who are invited. */
export function createInvitationRoutes(parts: ApiParts): Router {
  const { db, authenticate, authLimits } = parts

  const show: RequestHandler = async (request, response) => {
    response.setHeader('cache-control', 'no-store')
    response.json(await showInvitation(db, parseBody(invitationTokenRequest, request).token))
  }
  const accept: RequestHandler = async (request, response) => {
    const { token } = parseBody(invitationTokenRequest, request)
    const workspaceId = await acceptInvitation(parts, actorOf(request), token)
    response.json(await readWorkspace(db, { userId: callerOf(request).userId, workspaceId }))
  }

  const router = Router()
  route(router, '/show', { POST: [authLimits.perAddress, ...parts.jsonBody(), show] })
  route(router, '/accept', { POST: [authenticate, requirePerson, ...parts.jsonBody(), accept] })
  return router
}
