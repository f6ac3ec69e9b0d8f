import { NexusError, type UserId } from '@nexus/core'
import {
  type DeletedAccountView,
  deleteAccountRequest,
  restoreAccountRequest,
  updateAccountRequest,
} from '@nexus/core/http-contract'
import { type Request, type RequestHandler, Router } from 'express'
import type { User } from '../accounts/accounts.ts'
import { findByPassword, isPasswordOf } from '../accounts/credentials.ts'
import { requireRecentSession } from '../accounts/sessions.ts'
import { parseBody } from '../middleware/parse.ts'
import { callerOf } from '../middleware/request-context.ts'
import { route } from '../middleware/route.ts'
import { sessionCallerOf } from '../middleware/session-caller.ts'
import type { ApiParts } from '../parts.ts'
import { wrongPassword } from '../use-cases/change-password.ts'
import { closeAccount, reopenAccount } from '../use-cases/close-account.ts'
import { readFirstWorkspace } from '../use-cases/read-workspaces.ts'
import { renameUser } from '../use-cases/rename-user.ts'
import { signedInView, userView, visitorOf } from './session-answers.ts'
import { createSessionCookie } from './session-cookie.ts'

/** `/api/auth/me`: one's own account: what it is called, its end, and the way back. */
export function createAccountRoutes(parts: ApiParts): Router {
  const { db, clock, accounts, authenticate, authLimits, jsonBody, liveCredentials, options } = parts
  const cookie = createSessionCookie(options.PUBLIC_URL)

  const userOf = async (userId: UserId): Promise<User> => {
    const user = await accounts.findUser(userId)
    if (user === null) throw new NexusError('unauthorized', 'The account is gone.')
    return user
  }

  const read: RequestHandler = async (request, response) => {
    response.json(userView(await userOf(callerOf(request).userId)))
  }

  const change: RequestHandler = async (request, response) => {
    const { name } = parseBody(updateAccountRequest, request)
    const { userId } = sessionCallerOf(request)
    if (name !== undefined) await renameUser(parts, { userId, name })
    response.json(userView(await userOf(userId)))
  }

  const remove: RequestHandler = async (request, response) => {
    const { password } = parseBody(deleteAccountRequest, request)
    const { userId, sessionId } = sessionCallerOf(request)
    const { hasPassword } = await userOf(userId)
    if (hasPassword) await requirePassword(request, userId, password)
    else await requireRecentSession(db, sessionId, clock.now())
    const closed = await closeAccount(parts, { userId, graceDays: options.ACCOUNT_GRACE_DAYS })
    if (closed === null) throw new NexusError('unauthorized', 'The account is gone.')
    for (const id of closed.endedIds) liveCredentials.markEnded(id)
    cookie.clear(request, response)
    const view: DeletedAccountView = { deletesAt: closed.deletesAt.toISOString() }
    response.status(202).json(view)
  }

  const requirePassword = async (request: Request, userId: UserId, password: string | undefined) => {
    if (password === undefined) throw missingPassword()
    await authLimits.guardPassword(request, userId, async () => {
      if (!(await isPasswordOf(parts, userId, password))) throw wrongPassword()
    })
  }

  const restore: RequestHandler = async (request, response) => {
    const credentials = parseBody(restoreAccountRequest, request)
    const signedIn = await authLimits.guardPassword(request, credentials.email, async () => {
      const userId = await findByPassword(parts, credentials)
      if (userId === null) throw new NexusError('invalid_credentials', 'E-mail or password is wrong.')
      await reopenAccount(parts, userId)
      return accounts.beginSession(userId, visitorOf(request))
    })
    const workspace = await readFirstWorkspace(db, signedIn.user.id)
    cookie.set(request, response, signedIn.sessionToken)
    response.json(signedInView({ request, signedIn, workspace }))
  }

  const router = Router()
  route(router, '/me', {
    GET: [authenticate, read],
    PATCH: [authenticate, ...jsonBody(), change],
    DELETE: [authenticate, ...jsonBody(), remove],
  })
  route(router, '/restore-account', { POST: [authLimits.perAddress, ...jsonBody(), restore] })
  return router
}

const missingPassword = (): NexusError =>
  new NexusError('validation_failed', 'The field “password” is required.', {
    details: { pointer: '/password', errors: [{ pointer: '/password', message: 'is required' }] },
  })
