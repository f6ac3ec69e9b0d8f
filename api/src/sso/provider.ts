import type { Clock } from '@nexus/core'
import { emailField, isStorableText } from '@nexus/core/http-contract'
import * as oidc from 'openid-client'
import { boundedFetch } from './bounded-fetch.ts'
import { isOnThisMachine, type SsoOptions } from './sso-options.ts'
import { SsoRefused } from './sso-refused.ts'

/** How long what the provider says about itself is believed, ms. */
const BELIEVED_FOR_MS = 3_600_000
/** Of each request to the provider, s: whoever waits for it looks at a blank page. */
const TIMEOUT_S = 10
/** The specification's limit of `sub`. */
const MAX_SUBJECT_CHARS = 255

/** What somebody's browser must bring back from the provider. */
export interface Journey {
  readonly state: string
  readonly nonce: string
  /** PKCE. */
  readonly verifier: string
}

/** Whom the provider vouches for. */
export interface Vouched {
  readonly issuer: string
  /** The provider's name for the person, never given to another. */
  readonly subject: string
  /** Lower case; `null`: it knows none, or has not made sure that it is theirs. */
  readonly email: string | null
  readonly name: string | null
}

export interface Beginning {
  readonly redirectUri: string
  /** The provider is to ask who they are, also somebody it knows already. */
  readonly asksAgain: boolean
}

/** The OpenID Connect provider of the installation. Both throw {@link SsoRefused}. */
export interface SsoProvider {
  /** Where the browser goes. */
  begin(wanted: Beginning): Promise<{ readonly url: URL; readonly journey: Journey }>
  /** @param came - The address the provider has sent the browser to. */
  finish(came: URL, journey: Journey): Promise<Vouched>
}

/** @returns `null` when none is configured. The provider is asked about itself by the first who signs in. */
export function createSsoProvider(
  options: SsoOptions,
  clock: Clock,
  timeoutS = TIMEOUT_S,
): SsoProvider | null {
  const { OIDC_ISSUER: issuer } = options
  if (issuer === null) return null
  let known: { readonly configuration: Promise<oidc.Configuration>; readonly until: number } | null = null

  const discover = (): Promise<oidc.Configuration> => {
    const now = clock.now().getTime()
    if (known !== null && known.until > now) return known.configuration
    const found = { configuration: askProvider(issuer, options, timeoutS), until: now + BELIEVED_FOR_MS }
    known = found
    // The next one asks anew.
    found.configuration.catch(() => {
      if (known === found) known = null
    })
    return found.configuration
  }

  return {
    begin: async ({ redirectUri, asksAgain }) => {
      const configuration = await discover().catch(unreachable)
      const journey: Journey = {
        state: oidc.randomState(),
        nonce: oidc.randomNonce(),
        verifier: oidc.randomPKCECodeVerifier(),
      }
      const url = oidc.buildAuthorizationUrl(configuration, {
        redirect_uri: redirectUri,
        scope: options.OIDC_SCOPES,
        state: journey.state,
        nonce: journey.nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(journey.verifier),
        code_challenge_method: 'S256',
        ...(asksAgain ? { prompt: 'login' } : {}),
      })
      return { url, journey }
    },
    finish: async (came, { state, nonce, verifier }) => {
      const configuration = await discover().catch(unreachable)
      try {
        const tokens = await oidc.authorizationCodeGrant(configuration, came, {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          idTokenExpected: true,
        })
        const claims = tokens.claims()
        if (claims === undefined) throw new SsoRefused('failed')
        // From one of the two alone: what one says of an address is nothing about that of the other.
        const isToldThere =
          claims.email === undefined && configuration.serverMetadata().userinfo_endpoint !== undefined
        const told = isToldThere
          ? await oidc.fetchUserInfo(configuration, tokens.access_token, claims.sub)
          : claims
        return toVouched(claims, told)
      } catch (error) {
        throw toRefused(error)
      }
    },
  }
}

/** Everything is checked, the signature of the ID token too: that it came over TLS would do by the specification. */
function askProvider(issuer: string, options: SsoOptions, timeout: number): Promise<oidc.Configuration> {
  const execute = [oidc.enableNonRepudiationChecks]
  if (isOnThisMachine(issuer)) execute.push(oidc.allowInsecureRequests)
  return oidc.discovery(
    new URL(issuer),
    options.OIDC_CLIENT_ID,
    undefined,
    clientAuthOf(options.OIDC_CLIENT_SECRET),
    { execute, timeout, [oidc.customFetch]: boundedFetch },
  )
}

function clientAuthOf(secret: string | null): oidc.ClientAuth {
  if (secret === null) return oidc.None()
  const [basic, post] = [oidc.ClientSecretBasic(secret), oidc.ClientSecretPost(secret)]
  return (provider, client, body, headers) => {
    // What a provider that names no methods takes.
    const { token_endpoint_auth_methods_supported: methods = ['client_secret_basic'] } = provider
    const authenticate = methods.includes('client_secret_basic') ? basic : post
    return authenticate(provider, client, body, headers)
  }
}

function toVouched({ iss, sub }: oidc.IDToken, told: Readonly<Record<string, unknown>>): Vouched {
  // Microsoft Entra calls it by a name of its own.
  const { email, xms_edov: isOfDomain, email_verified: isVerified = isOfDomain, name } = told
  const isTheirs = isVerified === true || isVerified === 'true'
  if (!isStorableText(sub) || sub.length > MAX_SUBJECT_CHARS) throw new SsoRefused('failed')
  return {
    issuer: iss,
    subject: sub,
    email: isTheirs ? (emailField.safeParse(email).data ?? null) : null,
    name: typeof name === 'string' && name.trim() !== '' ? name.trim() : null,
  }
}

const unreachable = (error: unknown): never => {
  throw new SsoRefused('unreachable', { cause: error })
}

function toRefused(error: unknown): SsoRefused {
  if (error instanceof SsoRefused) return error
  if (error instanceof oidc.AuthorizationResponseError)
    return new SsoRefused(error.error === 'access_denied' ? 'denied' : 'failed', { cause: error })
  const isNetwork = error instanceof TypeError || (error instanceof Error && error.name === 'TimeoutError')
  const isTimeout =
    error instanceof oidc.ClientError && ['OAUTH_TIMEOUT', 'OAUTH_REQUEST_FAILED'].includes(error.code ?? '')
  return new SsoRefused(isNetwork || isTimeout ? 'unreachable' : 'failed', { cause: error })
}
