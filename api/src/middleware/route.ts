import { NexusError } from '@nexus/core'
import { isStorableText } from '@nexus/core/http-contract'
import type { RequestHandler, Router } from 'express'
import { setRoute } from './request-context.ts'

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
type Handlers = Partial<Record<Method, RequestHandler | readonly RequestHandler[]>>

/** Serves `path` with the methods given; every other method is answered with 405 and what is allowed. */
export function route(router: Router, path: string, handlers: Handlers): void {
  const methods = Object.keys(handlers)
  const allow = [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ')
  const entry = router.route(path)
  entry.all((request, _response, next) => {
    // Paths match in any case; where the router stands comes as the client has written it.
    setRoute(request, request.baseUrl.toLowerCase() + (path === '/' ? '' : path))
    // No id of ours has such characters, and the database refuses to look for them.
    if (!Object.values(request.params).every((value) => isStorableText(String(value))))
      throw new NexusError('not_found', 'There is nothing at this address.')
    next()
  })
  const add = (handler: Handlers[Method]): RequestHandler[] => (handler === undefined ? [] : [handler].flat())
  if (handlers.GET) entry.get(...add(handlers.GET))
  if (handlers.POST) entry.post(...add(handlers.POST))
  if (handlers.PUT) entry.put(...add(handlers.PUT))
  if (handlers.PATCH) entry.patch(...add(handlers.PATCH))
  if (handlers.DELETE) entry.delete(...add(handlers.DELETE))
  entry.options((_request, response) => {
    response.setHeader('allow', allow)
    response.status(204).end()
  })
  entry.all((request, response) => {
    response.setHeader('allow', allow)
    throw new NexusError(
      'method_not_allowed',
      `${request.method.slice(0, 20)} is not allowed here; ${allow} are.`,
    )
  })
}
