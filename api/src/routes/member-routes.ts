import { NexusError, toUserId, type WorkspaceId } from '@nexus/core'
import { auditQuery, changeMemberRequest, inviteRequest } from '@nexus/core/http-contract'
import { type Request, type RequestHandler, Router } from 'express'
import { parseBody, parseQuery } from '../middleware/parse.ts'
import { callerOf } from '../middleware/request-context.ts'
import { route } from '../middleware/route.ts'
import type { ApiParts } from '../parts.ts'
import { actorOf, readAudit } from '../use-cases/audit.ts'
import { inviteByEmail, listInvitations, withdrawInvitation } from '../use-cases/invitations.ts'
import { mailInvitation } from '../use-cases/mail-invitation.ts'
import { changeMember, listMembers, removeMember } from '../use-cases/members.ts'
import { type Right, requireWorkspace, toWorkspaceId } from '../use-cases/workspace-rights.ts'
import { invitationUrl } from './invitation-url.ts'

/** `/api/workspaces/{w}/members`, `…/invitations` and `…/audit`: a workspace's people, and what they did. */
export function createMemberRoutes(parts: ApiParts): Router {
  const { db, access, authenticate, options } = parts

  const require = async (request: Request, right: Right): Promise<WorkspaceId> => {
    const workspaceId = toWorkspaceId(request.params.workspaceId)
    await requireWorkspace(access, callerOf(request), { workspaceId, right })
    return workspaceId
  }

  const list: RequestHandler = async (request, response) => {
    response.json(await listMembers(db, await require(request, 'read')))
  }
  const invite: RequestHandler = async (request, response) => {
    const workspaceId = await require(request, 'own')
    const made = await inviteByEmail(parts, actorOf(request), {
      workspaceId,
      ...parseBody(inviteRequest, request),
    })
    const isMailed = mailInvitation(parts, made)
    response.setHeader('cache-control', 'no-store')
    response
      .status(201)
      .location(`/api/workspaces/${workspaceId}/invitations/${made.id}`)
      .json({ ...made, url: invitationUrl(options.PUBLIC_URL, made.token), isMailed })
  }
  const change: RequestHandler = async (request, response) => {
    const workspaceId = await require(request, 'own')
    const { role } = parseBody(changeMemberRequest, request)
    const userId = toUserId(String(request.params.userId))
    await changeMember(parts, actorOf(request), { workspaceId, userId, role })
    const member = (await listMembers(db, workspaceId)).find((each) => each.userId === userId)
    if (member === undefined) throw new NexusError('not_found', 'This workspace has no such member.')
    response.json(member)
  }
  const remove: RequestHandler = async (request, response) => {
    const caller = callerOf(request)
    const userId = toUserId(String(request.params.userId))
    // Whoever is in may leave; a program may not do that for them.
    const isLeaving = userId === caller.userId && caller.key === null
    const workspaceId = await require(request, isLeaving ? 'read' : 'own')
    await removeMember(parts, actorOf(request), { workspaceId, userId })
    response.status(204).end()
  }
  const invitations: RequestHandler = async (request, response) => {
    response.json(await listInvitations(db, await require(request, 'own')))
  }
  const withdraw: RequestHandler = async (request, response) => {
    const workspaceId = await require(request, 'own')
    await withdrawInvitation(parts, actorOf(request), {
      workspaceId,
      id: String(request.params.invitationId),
    })
    response.status(204).end()
  }
  const audit: RequestHandler = async (request, response) => {
    const workspaceId = await require(request, 'own')
    const { limit, before = null } = parseQuery(auditQuery, request)
    response.json(await readAudit(db, workspaceId, { limit, before }))
  }

  const router = Router()
  route(router, '/:workspaceId/members', {
    GET: [authenticate, list],
    POST: [authenticate, ...parts.jsonBody(), invite],
  })
  route(router, '/:workspaceId/members/:userId', {
    PATCH: [authenticate, ...parts.jsonBody(), change],
    DELETE: [authenticate, remove],
  })
  route(router, '/:workspaceId/invitations', { GET: [authenticate, invitations] })
  route(router, '/:workspaceId/invitations/:invitationId', { DELETE: [authenticate, withdraw] })
  route(router, '/:workspaceId/audit', { GET: [authenticate, audit] })
  return router
}
