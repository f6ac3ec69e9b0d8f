import { NexusError, type Version } from '@nexus/core'
import { blameQuery, diffQuery, readStateQuery, revertStateRequest } from '@nexus/core/http-contract'
import { type Request, type RequestHandler, type Response, Router } from 'express'
import { parseBody, parseQuery } from '../middleware/parse.ts'
import { callerOf } from '../middleware/request-context.ts'
import { route } from '../middleware/route.ts'
import { whenGone } from '../middleware/when-gone.ts'
import type { ApiParts } from '../parts.ts'
import { toPanelId } from '../use-cases/panel-rights.ts'
import { readBlame } from '../use-cases/read-blame.ts'
import { readDiff } from '../use-cases/read-diff.ts'
import { readHistory } from '../use-cases/read-history.ts'
import {
  type Moment,
  type PanelAddress,
  readState,
  requireDocument,
  resolveMoment,
  valueAt,
} from '../use-cases/read-state.ts'
import { revertState } from '../use-cases/revert-state.ts'
import { toWorkspaceId } from '../use-cases/workspace-rights.ts'
import { writeState } from '../use-cases/write-state.ts'
import { etagOf, hasAlready } from './conditions.ts'
import { parseHistoryQuery, WHOLE_HISTORY } from './history-query.ts'
import { REPLAYED, receiptOf } from './idempotency.ts'
import { PATCH_TYPES, parsePatch, parsePut, refuseTooManyOperations } from './write-requests.ts'

/** `/api/state/{w}/{p}` */
export function createStateRoutes(parts: ApiParts): Router {
  const { access, authenticate } = parts

  const addressOf = (request: Request): PanelAddress => ({
    workspaceId: toWorkspaceId(request.params.workspaceId),
    panelId: toPanelId(request.params.panelId),
  })

  /** In turn, so that however much is asked of the past the present is answered. */
  const ofThePast = <T>(request: Request, response: Response, work: () => Promise<T>): Promise<T> =>
    parts.pastReads.take(callerOf(request).userId, work, whenGone(response))

  const historyOf = async (address: PanelAddress, head: Version) => {
    const { history } = await readHistory(parts, address, { head, query: WHOLE_HISTORY })
    return { history }
  }

  const read: RequestHandler = async (request, response) => {
    const address = addressOf(request)
    const { head, updatedAt } = await requireDocument(access, callerOf(request), address)
    const query = parseQuery(readStateQuery, request)
    const version = await resolveMoment(parts, address, { moment: momentOf(query), head })
    // The client asks again each time, and is told 304 while nothing has changed.
    response.setHeader('cache-control', 'private, no-cache')
    if (hasAlready(request, version)) {
      response.setHeader('etag', etagOf(version))
      response.status(304).end()
      return
    }
    const readIt = () => readState(parts, address, { version, head: { version: head, updatedAt } })
    const { state, isHit } = await (version === head ? readIt() : ofThePast(request, response, readIt))
    const value =
      query.pointer === undefined
        ? state.json
        : JSON.stringify(valueAt(JSON.parse(state.json), query.pointer))
    response.setHeader('etag', etagOf(state.version))
    response.setHeader('x-cache', isHit ? 'hit' : 'miss')
    const { workspaceId, panelId } = address
    const rest = {
      panelId,
      workspaceId,
      version: state.version,
      updatedAt: state.updatedAt.toISOString(),
      ...(query.include_history === 'true'
        ? await ofThePast(request, response, () => historyOf(address, state.version))
        : {}),
    }
    // The state is JSON text already; parsing it to print it again would be most of the work of an answer.
    response.type('json').send(`${JSON.stringify(rest).slice(0, -1)},"state":${value}}`)
  }

  const history: RequestHandler = async (request, response) => {
    const address = addressOf(request)
    const { head } = await requireDocument(access, callerOf(request), address)
    const query = parseHistoryQuery(request)
    response.json(await ofThePast(request, response, () => readHistory(parts, address, { head, query })))
  }

  const diff: RequestHandler = async (request, response) => {
    const address = addressOf(request)
    const { head } = await requireDocument(access, callerOf(request), address)
    const query = parseQuery(diffQuery, request)
    const resolve = (version: number) =>
      resolveMoment(parts, address, { moment: { kind: 'version', version }, head })
    const [from, to] = [await resolve(query.from), await resolve(query.to)]
    response.json(await ofThePast(request, response, () => readDiff(parts, address, { from, to })))
  }

  const blame: RequestHandler = async (request, response) => {
    const address = addressOf(request)
    const { head } = await requireDocument(access, callerOf(request), address)
    const { pointer = '' } = parseQuery(blameQuery, request)
    response.json(await ofThePast(request, response, () => readBlame(parts, address, { pointer, head })))
  }

  const revert: RequestHandler = async (request, response) => {
    const address = addressOf(request)
    const body = parseBody(revertStateRequest, request)
    const { targetVersion, createSnapshot = false, triggeredBy = 'api', triggerSource = null } = body
    const { version, updatedAt, snapshotId, isRepeated } = await revertState(parts, callerOf(request), {
      address,
      request: { targetVersion, createSnapshot, triggeredBy, triggerSource, receipt: receiptOf(request) },
    })
    response.setHeader('etag', etagOf(version))
    if (isRepeated) response.setHeader(REPLAYED, 'true')
    response.json({
      success: true,
      version,
      revertedTo: targetVersion,
      ...(snapshotId === null ? {} : { snapshotId }),
      updatedAt: updatedAt.toISOString(),
    })
  }

  const write =
    (parse: typeof parsePut, isPatch: boolean): RequestHandler =>
    async (request, response) => {
      const address = addressOf(request)
      const parsed = parse(request)
      refuseTooManyOperations([parsed.write], parts.options)
      const changed = await writeState(parts, callerOf(request), { address, request: parsed })
      const { write: wanted } = parsed
      const appliedPatches = wanted.kind === 'json-patch' ? wanted.operations.length : 1
      response.setHeader('etag', etagOf(changed.version))
      if (changed.isRepeated) response.setHeader(REPLAYED, 'true')
      response.json({
        success: true,
        version: changed.version,
        ...(isPatch ? { appliedPatches } : {}),
        updatedAt: changed.updatedAt.toISOString(),
      })
    }

  const router = Router()
  route(router, '/:workspaceId/:panelId', {
    GET: [authenticate, read],
    PUT: [authenticate, ...parts.jsonBody(), write(parsePut, false)],
    PATCH: [authenticate, ...parts.jsonBody(PATCH_TYPES), write(parsePatch, true)],
  })
  route(router, '/:workspaceId/:panelId/history', { GET: [authenticate, history] })
  route(router, '/:workspaceId/:panelId/diff', { GET: [authenticate, diff] })
  route(router, '/:workspaceId/:panelId/blame', { GET: [authenticate, blame] })
  route(router, '/:workspaceId/:panelId/revert', { POST: [authenticate, ...parts.jsonBody(), revert] })
  return router
}

function momentOf(query: {
  readonly version?: number | undefined
  readonly at?: string | undefined
}): Moment {
  const { version, at } = query
  if (version !== undefined && at !== undefined) {
    throw new NexusError('validation_failed', 'Ask for a version or for a time, not for both.', {
      details: { pointer: '/at' },
    })
  }
  if (version !== undefined) return { kind: 'version', version }
  return at === undefined ? { kind: 'newest' } : { kind: 'time', at: new Date(at) }
}
