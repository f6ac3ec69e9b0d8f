import type { WorkspaceId } from '@nexus/core'
import { createSnapshotRequest, restoreRequest, workspaceStateQuery } from '@nexus/core/http-contract'
import { type Request, type RequestHandler, Router } from 'express'
import type * as z from 'zod'
import { parseBody, parseQuery } from '../middleware/parse.ts'
import { callerOf } from '../middleware/request-context.ts'
import { route } from '../middleware/route.ts'
import { whenGone } from '../middleware/when-gone.ts'
import type { ApiParts } from '../parts.ts'
import { toPanelId } from '../use-cases/panel-rights.ts'
import { readWorkspaceState } from '../use-cases/read-workspace-state.ts'
import { previewRestore, restoreWorkspace } from '../use-cases/restore-workspace.ts'
import { createSnapshot, listSnapshots, toSnapshotId } from '../use-cases/snapshots.ts'
import type { PastMoment, WorkspaceMoment } from '../use-cases/workspace-moments.ts'
import { type Right, requireWorkspace, toWorkspaceId } from '../use-cases/workspace-rights.ts'
import { REPLAYED, receiptOf } from './idempotency.ts'

/** `/api/state/{w}/snapshot` and `…/snapshots`: the whole workspace at one moment. */
export function createSnapshotRoutes(parts: ApiParts): Router {
  const { db, access, authenticate } = parts

  const require = async (request: Request, right: Right): Promise<WorkspaceId> => {
    const workspaceId = toWorkspaceId(request.params.workspaceId)
    await requireWorkspace(access, callerOf(request), { workspaceId, right })
    return workspaceId
  }
  const read: RequestHandler = async (request, response) => {
    const workspaceId = await require(request, 'read')
    const moment = momentOf(request)
    const readIt = () => readWorkspaceState(parts, workspaceId, moment)
    response.json(
      moment.kind === 'newest'
        ? await readIt()
        : await parts.pastReads.take(callerOf(request).userId, readIt, whenGone(response)),
    )
  }
  const create: RequestHandler = async (request, response) => {
    const workspaceId = await require(request, 'write')
    const body = parseBody(createSnapshotRequest, request)
    const { type = 'manual', description = '', commitToGit = true } = body
    const { snapshot, isRepeated } = await createSnapshot(parts, callerOf(request), {
      workspaceId,
      type,
      description,
      commitToGit,
      receipt: receiptOf(request),
    })
    if (isRepeated) response.setHeader(REPLAYED, 'true')
    response
      .status(201)
      .location(`/api/state/${workspaceId}/snapshot?snapshot_id=${snapshot.snapshotId}`)
      .json(snapshot)
  }
  const list: RequestHandler = async (request, response) => {
    response.json(await listSnapshots(db, await require(request, 'read')))
  }

  const restore: RequestHandler = async (request, response) => {
    const workspaceId = await require(request, 'write')
    const body = parseBody(restoreRequest, request)
    const { triggeredBy = 'api', triggerSource = null, createSnapshot = false } = body
    const asked = {
      workspaceId,
      moment: pastMomentOf(body),
      panelIds: body.panelIds?.map(toPanelId) ?? null,
      createSnapshot,
      triggeredBy,
      triggerSource,
      receipt: receiptOf(request),
    }
    const caller = callerOf(request)
    const carryOut = body.preview === true ? previewRestore : restoreWorkspace
    const { view, isRepeated } = await carryOut(parts, caller, asked)
    if (isRepeated) response.setHeader(REPLAYED, 'true')
    response.json(view)
  }

  const router = Router()
  route(router, '/:workspaceId/snapshot', {
    GET: [authenticate, read],
    POST: [authenticate, ...parts.jsonBody(), create],
  })
  route(router, '/:workspaceId/restore', { POST: [authenticate, ...parts.jsonBody(), restore] })
  route(router, '/:workspaceId/snapshots', { GET: [authenticate, list] })
  return router
}

/** The request names one of the two. */
function pastMomentOf({ snapshotId, gitCommit }: z.output<typeof restoreRequest>): PastMoment {
  return gitCommit === undefined
    ? { kind: 'snapshot', snapshotId: toSnapshotId(snapshotId) }
    : { kind: 'commit', hash: gitCommit }
}

function momentOf(request: Request): WorkspaceMoment {
  const { snapshot_id: snapshotId, git_commit: hash } = parseQuery(workspaceStateQuery, request)
  if (snapshotId !== undefined) return { kind: 'snapshot', snapshotId: toSnapshotId(snapshotId) }
  return hash === undefined ? { kind: 'newest' } : { kind: 'commit', hash }
}
