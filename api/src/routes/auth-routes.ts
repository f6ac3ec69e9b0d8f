import { createWorkspaceId, NexusError } from '@nexus/core'
import { loginRequest, sessionTokenRequest, signupRequest } from '@nexus/core/http-contract'
import { type Request, type RequestHandler, Router } from 'express'
import { bearerTokenOf } from '../middleware/authenticate.ts'
import { parseBody } from '../middleware/parse.ts'
import { requestIdOf } from '../middleware/request-context.ts'
import { route } from '../middleware/route.ts'
import type { ApiParts } from '../parts.ts'
import { sendVerificationLetter } from '../use-cases/account-letters.ts'
import { FIRST_WORKSPACE_NAME, insertWorkspace } from '../use-cases/create-workspace.ts'
import { readFirstWorkspace, readWorkspace } from '../use-cases/read-workspaces.ts'
import { signedInView, visitorOf } from './session-answers.ts'
import { createSessionCookie } from './session-cookie.ts'

/** `/api/auth`: signing up, in and out. */
export function createAuthRoutes(parts: ApiParts): Router {
  const { db, accounts, options, liveCredentials, authLimits, mailer, inBackground } = parts
  const cookie = createSessionCookie(options.PUBLIC_URL)

  const signUp: RequestHandler = async (request, response) => {
    const person = parseBody(signupRequest, request)
    const workspaceId = createWorkspaceId()
    const first = { name: FIRST_WORKSPACE_NAME, description: '', template: 'starter' } as const
    const signedIn = await accounts.signUp(person, visitorOf(request), (trx, { id }) =>
      insertWorkspace(trx, workspaceId, { ...first, userId: id }),
    )
    const { id: userId, email } = signedIn.user
    if (mailer.problem === null)
      inBackground(requestIdOf(request), () => sendVerificationLetter(parts, { userId, email }))
    const workspace = await readWorkspace(db, { userId, workspaceId })
    cookie.set(request, response, signedIn.sessionToken)
    response.status(201).location('/api/auth/me').json(signedInView({ request, signedIn, workspace }))
  }

  const signIn: RequestHandler = async (request, response) => {
    const credentials = parseBody(loginRequest, request)
    const signedIn = await authLimits.guardPassword(request, credentials.email, () =>
      accounts.signIn(credentials, visitorOf(request)),
    )
    const workspace = await readFirstWorkspace(db, signedIn.user.id)
    cookie.set(request, response, signedIn.sessionToken)
    response.json(signedInView({ request, signedIn, workspace }))
  }

  const sessionTokenIn = (request: Request): string | null =>
    parseBody(sessionTokenRequest, request).sessionToken ?? cookie.read(request)

  const refresh: RequestHandler = async (request, response) => {
    const token = sessionTokenIn(request)
    if (token === null) throw new NexusError('unauthorized', 'There is no session; sign in.')
    const signedIn = await accounts.refresh(token)
    if (cookie.read(request) === token) cookie.set(request, response, token)
    response.json({ accessToken: signedIn.accessToken, expiresIn: signedIn.expiresIn })
  }

  /** The session named by body or cookie, else the one the access token was made from. */
  const sessionToEnd = async (request: Request): Promise<string | null> => {
    const named = sessionTokenIn(request)
    if (named !== null) return named
    const bearer = bearerTokenOf(request)
    if (bearer === null) throw new NexusError('unauthorized', 'There is no session to end.')
    const { sessionId, userId } = await parts.verifier.verify(bearer)
    return sessionId === null ? null : accounts.sessionTokenOf({ id: sessionId, userId })
  }

  const signOut: RequestHandler = async (request, response) => {
    const token = await sessionToEnd(request)
    const endedId = token === null ? null : await accounts.endSession(token)
    if (endedId !== null) liveCredentials.markEnded(endedId)
    cookie.clear(request, response)
    response.status(204).end()
  }

  const router = Router()
  route(router, '/signup', {
    POST: [authLimits.perAddress, authLimits.signUpsPerAddress, ...parts.jsonBody(), signUp],
  })
  route(router, '/login', { POST: [authLimits.perAddress, ...parts.jsonBody(), signIn] })
  route(router, '/refresh', { POST: [...parts.jsonBody(), refresh] })
  route(router, '/logout', { POST: [...parts.jsonBody(), signOut] })
  return router
}
