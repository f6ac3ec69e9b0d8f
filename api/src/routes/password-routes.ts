import { changePasswordRequest, forgotPasswordRequest, resetPasswordRequest } from '@nexus/core/http-contract'
import { type RequestHandler, Router } from 'express'
import { parseBody } from '../middleware/parse.ts'
import { requestIdOf } from '../middleware/request-context.ts'
import { route } from '../middleware/route.ts'
import { sessionCallerOf } from '../middleware/session-caller.ts'
import type { ApiParts } from '../parts.ts'
import { sendPasswordLetter } from '../use-cases/account-letters.ts'
import { changePassword, resetPassword } from '../use-cases/change-password.ts'

/** `/api/auth/…password`: another one, with the old one or with a link in a mail. */
export function createPasswordRoutes(parts: ApiParts): Router {
  const { authenticate, authLimits, jsonBody, liveCredentials, mailer, inBackground } = parts

  const change: RequestHandler = async (request, response) => {
    const passwords = parseBody(changePasswordRequest, request)
    const caller = sessionCallerOf(request)
    const endedIds = await authLimits.guardPassword(request, caller.userId, () =>
      changePassword(parts, { ...caller, ...passwords }),
    )
    for (const id of endedIds) liveCredentials.markEnded(id)
    response.status(204).end()
  }

  const forget: RequestHandler = (request, response) => {
    const { email } = parseBody(forgotPasswordRequest, request)
    // Refuses where no mail is sent, before it is looked whether there is somebody.
    mailer.linkTo('/')
    authLimits.countMail(email)
    // Off the path of the answer, which would else take longer for an address that has an account.
    inBackground(requestIdOf(request), () => sendPasswordLetter(parts, email))
    response.status(202).end()
  }

  const reset: RequestHandler = async (request, response) => {
    const endedIds = await resetPassword(parts, parseBody(resetPasswordRequest, request))
    for (const id of endedIds) liveCredentials.markEnded(id)
    response.status(204).end()
  }

  const router = Router()
  route(router, '/password', { POST: [authenticate, ...jsonBody(), change] })
  route(router, '/forgot-password', { POST: [authLimits.perAddress, ...jsonBody(), forget] })
  route(router, '/reset-password', { POST: [authLimits.perAddress, ...jsonBody(), reset] })
  return router
}
