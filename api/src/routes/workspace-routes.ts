import { NexusError, type WorkspaceId } from '@nexus/core'
import {
  commitListQuery,
  createWorkspaceRequest,
  updateWorkspaceRequest,
  type WorkspaceView,
  workspaceListQuery,
} from '@nexus/core/http-contract'
import express, { type Request, type RequestHandler, Router } from 'express'
import { bearerTokenOf, requireFounder } from '../middleware/authenticate.ts'
import { parseBody, parseQuery } from '../middleware/parse.ts'
import { callerOf } from '../middleware/request-context.ts'
import { route } from '../middleware/route.ts'
import { whenGone } from '../middleware/when-gone.ts'
import type { ApiParts } from '../parts.ts'
import { actorOf } from '../use-cases/audit.ts'
import { changeWorkspace, deleteWorkspace } from '../use-cases/change-workspace.ts'
import { createWorkspace } from '../use-cases/create-workspace.ts'
import { importWorkspace } from '../use-cases/import-workspace.ts'
import { readCommitDiff, readCommits } from '../use-cases/read-commits.ts'
import { listPanels } from '../use-cases/read-panels.ts'
import { listWorkspaces, readWorkspace } from '../use-cases/read-workspaces.ts'
import { type Right, requireWorkspace, toWorkspaceId } from '../use-cases/workspace-rights.ts'
import { REPLAYED, receiptOf } from './idempotency.ts'

/** Of an archive that a workspace is made of. */
const ARCHIVE_TYPE = 'application/zip'

/** `/api/workspaces` */
export function createWorkspaceRoutes(parts: ApiParts): Router {
  const { db, access, authenticate } = parts

  const require = async (request: Request, right: Right): Promise<WorkspaceId> => {
    const workspaceId = toWorkspaceId(request.params.workspaceId)
    await requireWorkspace(access, callerOf(request), { workspaceId, right })
    return workspaceId
  }
  const view = (request: Request, workspaceId: WorkspaceId): Promise<WorkspaceView> =>
    readWorkspace(db, { userId: callerOf(request).userId, workspaceId })

  const list: RequestHandler = async (request, response) => {
    const { status = null } = parseQuery(workspaceListQuery, request)
    response.json(await listWorkspaces(db, callerOf(request), status))
  }
  const create: RequestHandler = async (request, response) => {
    const { name, description = '', template = 'empty' } = parseBody(createWorkspaceRequest, request)
    const { userId } = callerOf(request)
    const { id: workspaceId, isRepeated } = await createWorkspace(parts, {
      userId,
      name,
      description,
      template,
      receipt: receiptOf(request),
    })
    if (isRepeated) response.setHeader(REPLAYED, 'true')
    response
      .status(201)
      .location(`/api/workspaces/${workspaceId}`)
      .json(await view(request, workspaceId))
  }
  const read: RequestHandler = async (request, response) => {
    response.json(await view(request, await require(request, 'read')))
  }
  const change: RequestHandler = async (request, response) => {
    const workspaceId = await require(request, 'own')
    await changeWorkspace(parts, actorOf(request), {
      workspaceId,
      ...parseBody(updateWorkspaceRequest, request),
    })
    response.json(await view(request, workspaceId))
  }
  const remove: RequestHandler = async (request, response) => {
    await deleteWorkspace(parts, actorOf(request), await require(request, 'own'))
    response.status(204).end()
  }
  const activate: RequestHandler = async (request, response) => {
    const workspaceId = toWorkspaceId(request.params.workspaceId)
    const found = await requireWorkspace(access, callerOf(request), { workspaceId, right: 'read' })
    if (found.workspaceStatus !== 'active') {
      await require(request, 'own')
      await changeWorkspace(parts, actorOf(request), { workspaceId, status: 'active' })
    }
    response.json(await view(request, workspaceId))
  }
  const panels: RequestHandler = async (request, response) => {
    response.json(await listPanels(db, await require(request, 'read')))
  }
  const commits: RequestHandler = async (request, response) => {
    const workspaceId = await require(request, 'read')
    const { limit, before = null } = parseQuery(commitListQuery, request)
    response.json(await readCommits(db, workspaceId, { limit, before }))
  }
  const importArchive: RequestHandler = async (request, response) => {
    const { userId } = callerOf(request)
    const archive: unknown = request.body
    if (!Buffer.isBuffer(archive))
      throw new NexusError('unsupported_media_type', `Send the archive as ${ARCHIVE_TYPE}.`)
    const work = () => importWorkspace(parts, userId, archive)
    const workspaceId = await parts.pastReads.take(userId, work, whenGone(response))
    response
      .status(201)
      .location(`/api/workspaces/${workspaceId}`)
      .json(await view(request, workspaceId))
  }
  const commitDiff: RequestHandler = async (request, response) => {
    const workspaceId = await require(request, 'read')
    const hash = String(request.params.hash)
    const token = bearerTokenOf(request) ?? ''
    const { userId } = callerOf(request)
    const readIt = () => readCommitDiff(parts, { workspaceId, hash, token })
    const diff = await parts.pastReads.take(userId, readIt, whenGone(response))
    // What a commit did never changes.
    response.setHeader('cache-control', 'private, max-age=31536000, immutable')
    response.json(diff)
  }

  const router = Router()
  route(router, '/', {
    GET: [authenticate, list],
    POST: [authenticate, requireFounder, ...parts.jsonBody(), create],
  })
  const archiveBody = express.raw({ type: ARCHIVE_TYPE, limit: parts.options.MAX_IMPORT_BYTES })
  // Before the workspaces: `import` stands where an id would.
  route(router, '/import', { POST: [authenticate, requireFounder, archiveBody, importArchive] })
  route(router, '/:workspaceId', {
    GET: [authenticate, read],
    PATCH: [authenticate, ...parts.jsonBody(), change],
    DELETE: [authenticate, remove],
  })
  route(router, '/:workspaceId/activate', { POST: [authenticate, ...parts.jsonBody(), activate] })
  route(router, '/:workspaceId/panels', { GET: [authenticate, panels] })
  route(router, '/:workspaceId/commits', { GET: [authenticate, commits] })
  route(router, '/:workspaceId/commits/:hash/diff', { GET: [authenticate, commitDiff] })
  return router
}
