import { isNexusError, NexusError, type SsoRefusal } from '@nexus/core'
import { type SignInWaysView, ssoStartQuery } from '@nexus/core/http-contract'
import type { Logger } from '@nexus/core/server'
import { isUnavailable } from '@nexus/core/sql'
import { type Request, type RequestHandler, Router } from 'express'
import { parseQuery } from '../middleware/parse.ts'
import { requestIdOf } from '../middleware/request-context.ts'
import { route } from '../middleware/route.ts'
import type { ApiParts } from '../parts.ts'
import { failureFacts } from '../sso/failure-facts.ts'
import { toReturnPath } from '../sso/return-path.ts'
import { createSsoCookies } from '../sso/sso-cookies.ts'
import { SsoRefused } from '../sso/sso-refused.ts'
import { takeAnswer } from '../sso/taken-answers.ts'
import { reopenAccount } from '../use-cases/close-account.ts'
import { joinBySso } from '../use-cases/join-by-sso.ts'
import { readFirstWorkspace } from '../use-cases/read-workspaces.ts'
import { signedInView, visitorOf } from './session-answers.ts'
import { createSessionCookie } from './session-cookie.ts'

const CALLBACK_PATH = '/api/auth/sso/callback'

/** `/api/auth/ways` and `/api/auth/sso`: signing in by the OpenID Connect provider of the installation. */
export function createSsoRoutes(parts: ApiParts, logger: Logger): Router {
  const { db, clock, accounts, options, authLimits, sso } = parts
  const { AUTH_SECRET: secret, PUBLIC_URL: publicUrl } = options
  const sessionCookie = createSessionCookie(publicUrl)
  const cookies = createSsoCookies({ secret, publicUrl, clock })

  const ways: RequestHandler = (_request, response) => {
    const view: SignInWaysView = { sso: sso === null ? null : { label: options.OIDC_LABEL } }
    response.json(view)
  }

  const originOf = (request: Request): string =>
    publicUrl ?? `${request.protocol}://${request.get('host') ?? 'localhost'}`

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
        if (isNexusError(error, 'validation_failed')) throw error
        const refusal = refusalOf(error)
        tell(request, refusal, error)
        if (error instanceof SsoRefused && error.closedId !== null)
          await cookies.closed.set(request, response, error.closedId)
        response.redirect(303, `/sso-failed#${refusal}`)
      }
    }

  const tell = (request: Request, refusal: SsoRefusal, error: unknown): void => {
    const line = { requestId: requestIdOf(request), refusal }
    if (refusal === 'internal') logger.error({ ...line, err: error }, 'a single sign-on failed')
    else if (refusal === 'unreachable' || refusal === 'failed')
      // For whoever runs this: the provider, or what is set of it, needs looking at.
      logger.warn({ ...line, causes: failureFacts(causeOf(error)) }, 'the provider signed nobody in')
    else logger.info({ ...line, causes: failureFacts(causeOf(error)) }, 'no single sign-on')
  }

  const start: RequestHandler = async (request, response) => {
    const { returnTo, prompt } = parseQuery(ssoStartQuery, request)
    const redirectUri = new URL(CALLBACK_PATH, originOf(request)).href
    const { url, journey } = await required().begin({ redirectUri, asksAgain: prompt === 'login' })
    await cookies.trip.set(request, response, { journey, returnTo: toReturnPath(returnTo) })
    response.redirect(303, url.href)
  }

  const callback: RequestHandler = async (request, response) => {
    const trip = await cookies.trip.read(request)
    cookies.trip.clear(request, response)
    if (trip === null || request.query.state !== trip.journey.state) throw new SsoRefused('expired')
    // Clearing the cookie is a wish; this holds.
    if (!(await takeAnswer(db, { state: trip.journey.state, now: clock.now() })))
      throw new SsoRefused('expired')
    const came = new URL(request.originalUrl, originOf(request))
    const vouched = await required().finish(new URL(CALLBACK_PATH + came.search, came), trip.journey)
    const { userId, firstWorkspaceId } = await joinBySso(db, vouched, {
      domains: options.OIDC_ALLOWED_DOMAINS,
      allowsSignUp: options.OIDC_SIGN_UP === 'yes',
      countSignUp: () => authLimits.countSignUp(request),
    })
    const { sessionToken } = await accounts.beginSession(userId, visitorOf(request))
    sessionCookie.set(request, response, sessionToken)
    const isAnywhere = trip.returnTo === '/'
    response.redirect(303, firstWorkspaceId !== null && isAnywhere ? `/w/${firstWorkspaceId}` : trip.returnTo)
  }

  /** Brings back the deleted account that the browser has shown to be its person's, a moment ago. */
  const restore: RequestHandler = async (request, response) => {
    required()
    const userId = await cookies.closed.read(request)
    if (userId === null)
      throw new NexusError('recent_sign_in_required', 'Sign in by your provider once more first.')
    cookies.closed.clear(request, response)
    await reopenAccount(parts, userId)
    const signedIn = await accounts.beginSession(userId, visitorOf(request))
    const workspace = await readFirstWorkspace(db, userId)
    sessionCookie.set(request, response, signedIn.sessionToken)
    response.json(signedInView({ request, signedIn, workspace }))
  }

  const router = Router()
  route(router, '/ways', { GET: ways })
  const perAddress = orTellThem(authLimits.perAddress)
  route(router, '/sso/start', { GET: [perAddress, orTellThem(start)] })
  route(router, '/sso/callback', { GET: [perAddress, orTellThem(callback)] })
  route(router, '/sso/restore-account', { POST: [authLimits.perAddress, restore] })
  return router
}

const causeOf = (error: unknown): unknown => (error instanceof SsoRefused ? error.cause : error)

function refusalOf(error: unknown): SsoRefusal {
  if (error instanceof SsoRefused) return error.refusal
  // Between finding the account and beginning the session.
  if (isNexusError(error, 'account_deleted')) return 'closed'
  if (isNexusError(error, 'rate_limited') || isNexusError(error, 'unavailable') || isUnavailable(error))
    return 'busy'
  return 'internal'
}
