import { NexusError } from '@nexus/core'
import { verifyEmailRequest } from '@nexus/core/http-contract'
import { type RequestHandler, Router } from 'express'
import { parseBody } from '../middleware/parse.ts'
import { route } from '../middleware/route.ts'
import { sessionCallerOf } from '../middleware/session-caller.ts'
import type { ApiParts } from '../parts.ts'
import { sendVerificationLetter } from '../use-cases/account-letters.ts'
import { verifyEmail } from '../use-cases/verify-email.ts'

/** `/api/auth/verify-email`: the address of an account is confirmed by the link of a mail. Nothing waits for it. */
export function createEmailRoutes(parts: ApiParts): Router {
  const { accounts, authenticate, authLimits, jsonBody, mailer } = parts

  const verify: RequestHandler = async (request, response) => {
    await verifyEmail(parts, parseBody(verifyEmailRequest, request).token)
    response.status(204).end()
  }

  const sendAgain: RequestHandler = async (request, response) => {
    const { userId } = sessionCallerOf(request)
    mailer.linkTo('/')
    const user = await accounts.findUser(userId)
    if (user === null) throw new NexusError('unauthorized', 'The account is gone.')
    if (!user.emailVerified) {
      authLimits.countMail(user.email)
      await sendVerificationLetter(parts, { userId, email: user.email })
    }
    response.status(202).end()
  }

  const router = Router()
  route(router, '/verify-email', { POST: [authLimits.perAddress, ...jsonBody(), verify] })
  route(router, '/verify-email/request', { POST: [authenticate, sendAgain] })
  return router
}
