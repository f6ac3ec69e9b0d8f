import { ERRORS, parseVersion, type Version } from '@nexus/core'
import { type Request, type RequestHandler, Router } from 'express'
import { callerOf } from '../middleware/request-context.ts'
import { route } from '../middleware/route.ts'
import type { ApiParts } from '../parts.ts'
import { openEventStream } from '../subscriptions/event-stream.ts'
import { errorText } from '../subscriptions/state-messages.ts'
import { toPanelId } from '../use-cases/panel-rights.ts'
import { toWorkspaceId } from '../use-cases/workspace-rights.ts'

/** `/api/state/{w}/{p}/events`: a panel as it changes, as Server-Sent Events. */
export function createEventRoutes({ subscriptions, authenticateStream }: ApiParts): Router {
  const events: RequestHandler = async (request, response) => {
    const panelId = toPanelId(request.params.panelId)
    const workspaceId = toWorkspaceId(request.params.workspaceId)
    const panel = await subscriptions.open(callerOf(request), { workspaceId, panelId })
    // It went away while we looked, and `close` has been.
    if (response.destroyed) {
      panel.end()
      return
    }
    response.once('close', () => panel.end())
    if (request.method === 'HEAD') {
      response.type('text/event-stream').end()
      return
    }
    const stream = openEventStream(response)
    panel.start({
      sink: stream,
      fromVersion: lastVersionOf(request),
      onOver: (code) => {
        stream.send(errorText({ code, message: ERRORS[code].title, panelId }))
        stream.end()
      },
    })
  }

  const router = Router()
  route(router, '/:workspaceId/:panelId/events', { GET: [authenticateStream, events] })
  return router
}

/** What is no version of ours is none: the whole state comes first then. */
function lastVersionOf(request: Request): Version | null {
  const text = request.get('last-event-id') ?? ''
  return /^[1-9]\d{0,14}$/.test(text) ? parseVersion(Number(text)) : null
}
