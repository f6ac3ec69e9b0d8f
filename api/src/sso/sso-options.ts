import { choiceOption, type OptionsOf, optionalTextOption, textOption } from '@nexus/core/server'

/** Signing in by a provider of the organisation, with OpenID Connect. */
export const SSO_OPTIONS = {
  OIDC_ISSUER: {
    ...optionalTextOption({
      doc: 'Address of an OpenID Connect provider, as it names itself; with it people can sign in there. Its redirect URI is PUBLIC_URL/api/auth/sso/callback',
    }),
    parse: parseIssuer,
  },
  OIDC_CLIENT_ID: textOption({ doc: 'What the provider calls this installation', fallback: 'nexus' }),
  OIDC_CLIENT_SECRET: {
    ...optionalTextOption({ doc: 'Secret of that client; without it the client is a public one (secret)' }),
    secret: true,
  },
  OIDC_LABEL: textOption({ doc: 'The provider’s name on the button', fallback: 'single sign-on' }),
  OIDC_SCOPES: {
    doc: 'What the provider is asked for, with spaces',
    fallback: 'openid email profile',
    parse: parseScopes,
  },
  OIDC_ALLOWED_DOMAINS: {
    doc: 'Domains of the e-mail addresses that may sign in by it, with commas; without it all of the provider',
    fallback: null as readonly string[] | null,
    parse: parseDomains,
  },
  OIDC_SIGN_UP: choiceOption(['yes', 'no'], {
    doc: 'Whether people without an account get one by signing in there',
    fallback: 'yes',
  }),
}

export type SsoOptions = OptionsOf<typeof SSO_OPTIONS>

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

/** Whether tokens may go there without encryption: they do not leave the machine. */
export const isOnThisMachine = (issuer: string): boolean => LOOPBACK.has(URL.parse(issuer)?.hostname ?? '')

function parseIssuer(text: string): string {
  const url = URL.parse(text)
  if (url === null || (url.protocol !== 'https:' && !(url.protocol === 'http:' && isOnThisMachine(text))))
    throw new Error('must be an https address')
  return text
}

function parseScopes(text: string): string {
  if (!text.split(' ').includes('openid')) throw new Error('must have openid in it')
  return text
}

function parseDomains(text: string): readonly string[] {
  const domains = text
    .split(',')
    .map((domain) => domain.trim().toLowerCase())
    .filter((domain) => domain !== '')
  if (domains.length === 0) throw new Error('must be domains such as example.org')
  if (!domains.every((domain) => /^[a-z0-9-]+(\.[a-z0-9-]+)*$/.test(domain)))
    throw new Error('must be domains such as example.org')
  return domains
}
