import { createApiKeyRequest } from '@nexus/core/http-contract'
import { type RequestHandler, Router } from 'express'
import { requirePerson } from '../middleware/authenticate.ts'
import { parseBody } from '../middleware/parse.ts'
import { callerOf } from '../middleware/request-context.ts'
import { route } from '../middleware/route.ts'
import type { ApiParts } from '../parts.ts'
import { createApiKey, listApiKeys, readApiKey, revokeApiKey } from '../use-cases/api-keys.ts'

/** `/api/keys`: for people who are signed in; a key makes no other key. */
export function createKeyRoutes(parts: ApiParts): Router {
  const { db, authenticate } = parts

  const list: RequestHandler = async (request, response) => {
    response.json(await listApiKeys(db, callerOf(request).userId))
  }
  const create: RequestHandler = async (request, response) => {
    const made = await createApiKey(parts, callerOf(request), parseBody(createApiKeyRequest, request))
    response.setHeader('cache-control', 'no-store')
    response.status(201).location(`/api/keys/${made.id}`).json(made)
  }
  const read: RequestHandler = async (request, response) => {
    response.json(await readApiKey(db, callerOf(request).userId, String(request.params.keyId)))
  }
  const revoke: RequestHandler = async (request, response) => {
    await revokeApiKey(parts, callerOf(request).userId, String(request.params.keyId))
    response.status(204).end()
  }

  const router = Router()
  const person = [authenticate, requirePerson]
  route(router, '/', { GET: [...person, list], POST: [...person, ...parts.jsonBody(), create] })
  route(router, '/:keyId', { GET: [...person, read], DELETE: [...person, revoke] })
  return router
}
