import { createOpaqueId, NexusError } from '@nexus/core'
import type { VerifiedCaller } from '@nexus/core/server'
import type { Request, RequestHandler } from 'express'

interface RequestContext {
  readonly requestId: string
  caller: VerifiedCaller | null
  /** Template of the path, such as `/api/panels/:panelId`; `null` while no route has taken it. */
  route: string | null
}

/** Ids of others are kept when they are plain; anything else could forge log lines. */
const REQUEST_ID = /^[A-Za-z0-9._:-]{1,100}$/

const contexts = new WeakMap<Request, RequestContext>()

/** Gives each request its id, taken from `X-Request-Id` or made, and returns it to the client. */
export const requestContext: RequestHandler = (request, response, next) => {
  const given = request.get('x-request-id')
  const requestId = given !== undefined && REQUEST_ID.test(given) ? given : createOpaqueId()
  contexts.set(request, { requestId, caller: null, route: null })
  response.setHeader('x-request-id', requestId)
  next()
}

function contextOf(request: Request): RequestContext {
  const context = contexts.get(request)
  if (context === undefined) throw new Error('The request has not passed requestContext.')
  return context
}

export const requestIdOf = (request: Request): string => contextOf(request).requestId

/** Who asks, when that is known already. */
export const knownCallerOf = (request: Request): VerifiedCaller | null => contextOf(request).caller

/** Who asks. @throws {NexusError} `unauthorized` on routes without `authenticate`. */
export function callerOf(request: Request): VerifiedCaller {
  const { caller } = contextOf(request)
  if (caller === null) throw new NexusError('unauthorized', 'Send an access token.')
  return caller
}

export function setCaller(request: Request, caller: VerifiedCaller): void {
  contextOf(request).caller = caller
}

export const routeOf = (request: Request): string | null => contextOf(request).route

export function setRoute(request: Request, template: string): void {
  contextOf(request).route = template
}
