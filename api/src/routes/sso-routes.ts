import { isNexusError, NexusError } from '@nexus/core'
import { ssoStartQuery } from '@nexus/core/http-contract'
import type { Logger } from '@nexus/core/server'
import { type Request, type RequestHandler, Router } from 'express'
import { parseQuery } from '../middleware/parse.ts'
import { route } from '../middleware/route.ts'
import type { ApiParts } from '../parts.ts'
import { createJourneyCookie, toReturnPath } from '../sso/journey-cookie.ts'
import { SsoRefused } from '../sso/sso-refused.ts'
import { joinBySso } from '../use-cases/join-by-sso.ts'
import { visitorOf } from './session-answers.ts'
import { createSessionCookie } from './session-cookie.ts'

const CALLBACK_PATH = '/api/auth/sso/callback'

/** `/api/auth/ways` and `/api/auth/sso`: signing in by the OpenID Connect provider of the installation. */
export function createSsoRoutes(parts: ApiParts, logger: Logger): Router {
  const { db, accounts, options, authLimits, sso } = parts
  const sessionCookie = createSessionCookie(options.PUBLIC_URL)
  const journeyCookie = createJourneyCookie(options.PUBLIC_URL)

  const ways: RequestHandler = (_request, response) => {
    response.json({ sso: sso === null ? null : { label: options.OIDC_LABEL } })
  }

  const originOf = (request: Request): string =>
    options.PUBLIC_URL ?? `${request.protocol}://${request.get('host') ?? 'localhost'}`

  const required = () => {
    if (sso === null) throw new NexusError('not_found', 'Nobody signs in by another provider here.')
    return sso
  }

  /** People are at the address, not programs: they are sent on to where they are told what has happened. */
  const orTellThem =
    (work: RequestHandler): RequestHandler =>
    async (request, response, next) => {
      required()
      try {
        await work(request, response, next)
      } catch (error) {
        const refusal = refusalOf(error)
        if (refusal === null) throw error
        logger.info({ refusal, err: error instanceof SsoRefused ? error.cause : error }, 'no single sign-on')
        response.redirect(`/sso-failed#${refusal}`)
      }
    }

  const start: RequestHandler = async (request, response) => {
    const { returnTo } = parseQuery(ssoStartQuery, request)
    const { url, journey } = await required().begin(new URL(CALLBACK_PATH, originOf(request)).href)
    journeyCookie.set(request, response, { journey, returnTo: toReturnPath(returnTo) })
    response.redirect(url.href)
  }

  const callback: RequestHandler = async (request, response) => {
    const trip = journeyCookie.read(request)
    // Once: what comes a second time has nothing to show.
    journeyCookie.clear(request, response)
    if (trip === null || request.query.state !== trip.journey.state) throw new SsoRefused('expired')
    const came = new URL(request.originalUrl, originOf(request))
    const vouched = await required().finish(new URL(CALLBACK_PATH + came.search, came), trip.journey)
    const { userId, firstWorkspaceId } = await joinBySso(db, vouched, {
      domains: options.OIDC_ALLOWED_DOMAINS,
      allowsSignUp: options.OIDC_SIGN_UP === 'yes',
    })
    const { sessionToken } = await accounts.beginSession(userId, visitorOf(request))
    sessionCookie.set(request, response, sessionToken)
    response.redirect(
      firstWorkspaceId !== null && trip.returnTo === '/' ? `/w/${firstWorkspaceId}` : trip.returnTo,
    )
  }

  const router = Router()
  route(router, '/ways', { GET: ways })
  route(router, '/sso/start', { GET: [authLimits.perAddress, orTellThem(start)] })
  route(router, '/sso/callback', { GET: [authLimits.perAddress, orTellThem(callback)] })
  return router
}

function refusalOf(error: unknown): string | null {
  if (error instanceof SsoRefused) return error.refusal
  return isNexusError(error, 'account_deleted') ? 'closed' : null
}
