import { type RequestHandler, Router } from 'express'
import { callerOf } from '../middleware/request-context.ts'
import { route } from '../middleware/route.ts'
import type { ApiParts } from '../parts.ts'
import { actorOf } from '../use-cases/audit.ts'
import {
  listDeletedPanels,
  listDeletedWorkspaces,
  restoreDeletedWorkspace,
} from '../use-cases/deleted-things.ts'
import { readWorkspace } from '../use-cases/read-workspaces.ts'
import { requireWorkspace, toWorkspaceId } from '../use-cases/workspace-rights.ts'

/** `/api/workspaces/deleted`, `…/restore-deleted` and `…/deleted-panels`: what can come back. */
export function createDeletedRoutes(parts: ApiParts): Router {
  const { db, access, authenticate } = parts

  const workspaces: RequestHandler = async (request, response) => {
    response.json(await listDeletedWorkspaces(parts, callerOf(request)))
  }
  const restore: RequestHandler = async (request, response) => {
    const workspaceId = toWorkspaceId(request.params.workspaceId)
    await restoreDeletedWorkspace(parts, actorOf(request), workspaceId)
    response.json(await readWorkspace(db, { userId: callerOf(request).userId, workspaceId }))
  }
  const panels: RequestHandler = async (request, response) => {
    const workspaceId = toWorkspaceId(request.params.workspaceId)
    await requireWorkspace(access, callerOf(request), { workspaceId, right: 'read' })
    response.json(await listDeletedPanels(parts, workspaceId))
  }

  const router = Router()
  route(router, '/deleted', { GET: [authenticate, workspaces] })
  route(router, '/:workspaceId/restore-deleted', { POST: [authenticate, ...parts.jsonBody(), restore] })
  route(router, '/:workspaceId/deleted-panels', { GET: [authenticate, panels] })
  return router
}
