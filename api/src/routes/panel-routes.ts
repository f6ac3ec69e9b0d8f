import { NexusError } from '@nexus/core'
import {
  createPanelRequest,
  duplicatePanelRequest,
  movePanelRequest,
  updatePanelRequest,
} from '@nexus/core/http-contract'
import { type Request, type RequestHandler, Router } from 'express'
import { parseBody } from '../middleware/parse.ts'
import { callerOf } from '../middleware/request-context.ts'
import { route } from '../middleware/route.ts'
import type { ApiParts } from '../parts.ts'
import { actorOf } from '../use-cases/audit.ts'
import { changePanel, changeSource, deletePanel } from '../use-cases/change-panel.ts'
import { createPanel } from '../use-cases/create-panel.ts'
import { restoreDeletedPanel } from '../use-cases/deleted-things.ts'
import { duplicatePanel } from '../use-cases/duplicate-panel.ts'
import { movePanel } from '../use-cases/move-panel.ts'
import { type FoundPanel, requirePanel, toPanelId } from '../use-cases/panel-rights.ts'
import { readPanel } from '../use-cases/read-panels.ts'
import { type Right, requireWorkspace, toWorkspaceId } from '../use-cases/workspace-rights.ts'
import { REPLAYED, receiptOf } from './idempotency.ts'

/** `/api/panels` */
export function createPanelRoutes(parts: ApiParts): Router {
  const { access, authenticate } = parts

  const require = (request: Request, right: Right): Promise<FoundPanel> =>
    requirePanel(parts, callerOf(request), { panelId: toPanelId(request.params.panelId), right })

  const create: RequestHandler = async (request, response) => {
    const body = parseBody(createPanelRequest, request)
    const workspaceId = toWorkspaceId(body.workspaceId)
    const caller = callerOf(request)
    await requireWorkspace(access, caller, { workspaceId, right: 'write' })
    const { id: panelId, isRepeated } = await createPanel(parts, {
      workspaceId,
      userId: caller.userId,
      name: body.name ?? null,
      panelType: body.panelType ?? null,
      source: body.nxmlSource || null,
      initialState: body.initialState ?? null,
      receipt: receiptOf(request),
    })
    if (isRepeated) response.setHeader(REPLAYED, 'true')
    response
      .status(201)
      .location(`/api/panels/${panelId}`)
      .json(await readPanel(parts, { workspaceId, panelId }))
  }
  const read: RequestHandler = async (request, response) => {
    response.json(await readPanel(parts, await require(request, 'read')))
  }
  const change: RequestHandler = async (request, response) => {
    const panel = await require(request, 'write')
    const { name = null, position = null, nxmlSource, workspaceId } = parseBody(updatePanelRequest, request)
    if (workspaceId !== undefined && workspaceId !== panel.workspaceId) {
      throw new NexusError('validation_failed', 'To move a panel to another workspace, POST to its /move.', {
        details: { pointer: '/workspaceId' },
      })
    }
    if (nxmlSource !== undefined) {
      await changeSource(parts, callerOf(request), { ...panel, source: nxmlSource })
    }
    await changePanel(parts, panel, { name, position })
    response.json(await readPanel(parts, panel))
  }
  const restore: RequestHandler = async (request, response) => {
    const panelId = toPanelId(request.params.panelId)
    const workspaceId = await restoreDeletedPanel(parts, actorOf(request), panelId)
    response.json(await readPanel(parts, { workspaceId, panelId }))
  }
  const duplicate: RequestHandler = async (request, response) => {
    const { name = null } = parseBody(duplicatePanelRequest, request)
    const original = await require(request, 'write')
    const { userId } = callerOf(request)
    const receipt = receiptOf(request)
    const { id: panelId, isRepeated } = await duplicatePanel(parts, original, { userId, name, receipt })
    if (isRepeated) response.setHeader(REPLAYED, 'true')
    response
      .status(201)
      .location(`/api/panels/${panelId}`)
      .json(await readPanel(parts, { workspaceId: original.workspaceId, panelId }))
  }
  const move: RequestHandler = async (request, response) => {
    const to = toWorkspaceId(parseBody(movePanelRequest, request).workspaceId)
    const { panelId, workspaceId: from } = await require(request, 'write')
    await requireWorkspace(access, callerOf(request), { workspaceId: to, right: 'write' })
    await movePanel(parts, actorOf(request), { panelId, from, to })
    response.json(await readPanel(parts, { workspaceId: to, panelId }))
  }
  const remove: RequestHandler = async (request, response) => {
    await deletePanel(parts, actorOf(request), await require(request, 'write'))
    response.status(204).end()
  }

  const router = Router()
  route(router, '/', { POST: [authenticate, ...parts.jsonBody(), create] })
  route(router, '/:panelId', {
    GET: [authenticate, read],
    PATCH: [authenticate, ...parts.jsonBody(), change],
    DELETE: [authenticate, remove],
  })
  route(router, '/:panelId/restore', { POST: [authenticate, ...parts.jsonBody(), restore] })
  route(router, '/:panelId/duplicate', { POST: [authenticate, ...parts.jsonBody(), duplicate] })
  route(router, '/:panelId/move', { POST: [authenticate, ...parts.jsonBody(), move] })
  return router
}
