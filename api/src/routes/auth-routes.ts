import { createWorkspaceId, NexusError } from '@nexus/core'
import {
  loginRequest,
  type SignedInView,
  sessionTokenRequest,
  signupRequest,
  type UserView,
  type WorkspaceView,
} from '@nexus/core/http-contract'
import { type Request, type RequestHandler, Router } from 'express'
import type { SignedIn, User } from '../accounts/accounts.ts'
import { createAttemptLimit } from '../middleware/attempt-limit.ts'
import { bearerTokenOf } from '../middleware/authenticate.ts'
import { parseBody } from '../middleware/parse.ts'
import { callerOf } from '../middleware/request-context.ts'
import { route } from '../middleware/route.ts'
import type { ApiParts } from '../parts.ts'
import { FIRST_WORKSPACE_NAME, insertWorkspace } from '../use-cases/create-workspace.ts'
import { readFirstWorkspace, readWorkspace } from '../use-cases/read-workspaces.ts'
import { createSessionCookie } from './session-cookie.ts'

/** `/api/auth`: signing up, in and out. */
export function createAuthRoutes(parts: ApiParts): Router {
  const { db, accounts, options, clock, liveCredentials, authenticate } = parts
  const cookie = createSessionCookie(options.PUBLIC_URL)
  const perAddress = createAttemptLimit({ perMinute: options.RATE_LIMIT_AUTH_PER_ADDRESS, clock })
  const perAccount = createAttemptLimit({ perMinute: options.RATE_LIMIT_AUTH_PER_ACCOUNT, clock })

  const limitAddress: RequestHandler = (request, _response, next) => {
    const address = request.ip ?? 'unknown'
    perAddress.check(address)
    perAddress.count(address)
    next()
  }

  const signUp: RequestHandler = async (request, response) => {
    const person = parseBody(signupRequest, request)
    const workspaceId = createWorkspaceId()
    const first = { name: FIRST_WORKSPACE_NAME, description: '', template: 'starter' } as const
    const signedIn = await accounts.signUp(person, (trx, { id }) =>
      insertWorkspace(trx, workspaceId, { ...first, userId: id }),
    )
    const workspace = await readWorkspace(db, { userId: signedIn.user.id, workspaceId })
    cookie.set(request, response, signedIn.sessionToken)
    response.status(201).location('/api/auth/me').json(signedInView({ request, signedIn, workspace }))
  }

  const signIn: RequestHandler = async (request, response) => {
    const credentials = parseBody(loginRequest, request)
    perAccount.check(credentials.email)
    const signedIn = await accounts.signIn(credentials).catch((error: unknown) => {
      perAccount.count(credentials.email)
      throw error
    })
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

  const me: RequestHandler = async (request, response) => {
    const user = await accounts.findUser(callerOf(request).userId)
    if (user === null) throw new NexusError('unauthorized', 'The account is gone.')
    response.json(userView(user))
  }

  const router = Router()
  route(router, '/signup', { POST: [limitAddress, ...parts.jsonBody(), signUp] })
  route(router, '/login', { POST: [limitAddress, ...parts.jsonBody(), signIn] })
  route(router, '/refresh', { POST: [...parts.jsonBody(), refresh] })
  route(router, '/logout', { POST: [...parts.jsonBody(), signOut] })
  route(router, '/me', { GET: [authenticate, me] })
  return router
}

const userView = ({ id, email, name, plan }: User): UserView => ({ id, email, name, plan })

function signedInView(made: {
  readonly request: Request
  readonly signedIn: SignedIn
  readonly workspace: WorkspaceView | null
}): SignedInView {
  const { user, accessToken, expiresIn, sessionToken } = made.signedIn
  const view = { user: userView(user), accessToken, expiresIn, workspace: made.workspace }
  return made.request.get('x-client') === 'api' ? { ...view, sessionToken } : view
}
