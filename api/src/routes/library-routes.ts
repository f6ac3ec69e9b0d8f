import type { LibraryPanelView } from '@nexus/core/http-contract'
import { PANEL_LIBRARY } from '@nexus/core/nxml'
import { type RequestHandler, Router } from 'express'
import { route } from '../middleware/route.ts'
import type { ApiParts } from '../parts.ts'

/** `/api/library`: the panels people can place without writing one. */
export function createLibraryRoutes({ authenticate }: ApiParts): Router {
  const list: RequestHandler = (_request, response) => {
    const panels = PANEL_LIBRARY.map(
      ({ source, id, title, description, icon, accent, tags }): LibraryPanelView => {
        return { id, title, description, icon, accent, tags: [...tags], nxmlSource: source }
      },
    )
    response.json(panels)
  }
  const router = Router()
  route(router, '/', { GET: [authenticate, list] })
  return router
}
