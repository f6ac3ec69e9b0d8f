import type { Receipt } from '@nexus/core'
import { type BatchChange, batchRequest } from '@nexus/core/http-contract'
import { type RequestHandler, Router } from 'express'
import type * as z from 'zod'
import { parseBody } from '../middleware/parse.ts'
import { callerOf } from '../middleware/request-context.ts'
import { route } from '../middleware/route.ts'
import type { ApiParts } from '../parts.ts'
import { toPanelId } from '../use-cases/panel-rights.ts'
import { toWorkspaceId } from '../use-cases/workspace-rights.ts'
import { writeBatch } from '../use-cases/write-batch.ts'
import type { Write, WriteRequest } from '../use-cases/write-state.ts'
import { REPLAYED, receiptOf } from './idempotency.ts'
import { refuseTooManyOperations } from './write-requests.ts'

/** `/api/state/{w}/batch`: several panels in one commit. */
export function createBatchRoutes(parts: ApiParts): Router {
  const change: RequestHandler = async (request, response) => {
    const workspaceId = toWorkspaceId(request.params.workspaceId)
    const body = parseBody(batchRequest, request)
    refuseTooManyOperations(body.changes.map(toWrite), parts.options)
    const receipt = receiptOf(request)
    const writes = body.changes.map((each) => ({
      panelId: toPanelId(each.panelId),
      request: toRequest(each, body, receipt),
    }))
    const changed = await writeBatch(parts, callerOf(request), { workspaceId, writes })
    if (changed.some(({ isRepeated }) => isRepeated)) response.setHeader(REPLAYED, 'true')
    response.json({
      success: true,
      panels: changed.map(({ version, updatedAt }, index) => ({
        panelId: writes[index]?.panelId,
        version,
        updatedAt: updatedAt.toISOString(),
      })),
    })
  }

  const router = Router()
  route(router, '/:workspaceId/batch', { POST: [parts.authenticate, ...parts.jsonBody(), change] })
  return router
}

const toRequest = (
  change: BatchChange,
  { triggeredBy = 'api', triggerSource }: z.output<typeof batchRequest>,
  receipt: Receipt | null,
): WriteRequest => ({
  write: toWrite(change),
  base: change.version ?? null,
  isStrict: change.strict ?? false,
  ifMatch: null,
  triggeredBy,
  triggerSource: triggerSource ?? null,
  receipt,
})

function toWrite({ patches, mergePatch, state }: BatchChange): Write {
  if (patches !== undefined) return { kind: 'json-patch', operations: patches }
  if (state !== undefined) return { kind: 'replace', state }
  return { kind: 'merge-patch', patch: mergePatch ?? null }
}
