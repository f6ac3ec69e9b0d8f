import { type RequestHandler, Router } from 'express'
import { route } from '../middleware/route.ts'
import type { ApiParts } from '../parts.ts'

/** Checkers of tokens look again when they meet an unknown key. */
const KEYS_MAX_AGE_S = 300

/** `/.well-known`: what others need to check our access tokens. */
export function createWellKnownRoutes({ accounts }: ApiParts): Router {
  const readKeys: RequestHandler = async (_request, response) => {
    const keys = await accounts.publicKeys()
    response.setHeader('cache-control', `public, max-age=${KEYS_MAX_AGE_S}`)
    response.json(keys)
  }
  const router = Router()
  route(router, '/jwks.json', { GET: readKeys })
  return router
}
