import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { Provider } from 'oidc-provider'

export const OIDC_CLIENT = { id: 'nexus', secret: 'a secret of the two' }

/** What the provider says of somebody who signs in there under that name; by default an address they have confirmed. */
export interface Persona {
  readonly email?: string
  readonly email_verified?: boolean | undefined
  readonly xms_edov?: boolean
  readonly name?: string
}

export interface OidcProvider {
  readonly issuer: string
  /** By what people type as their login. */
  readonly personas: Map<string, Persona>
  /** From then on it sends people back there. */
  serve(redirectUri: string): void
  stop(): void
}

const PAGES = '/interaction/'

/** A provider as organisations run one, the real program, with a form that takes any password. */
export async function startOidcProvider(): Promise<OidcProvider> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const personas = new Map<string, Persona>()
  const serve = (redirectUri: string): void => {
    const provider = createProvider({ issuer, redirectUri, personas })
    const answer = provider.callback()
    server.removeAllListeners('request')
    server.on('request', (request, response) => {
      if (request.url?.startsWith(PAGES)) void showPage(provider, request, response)
      else void answer(request, response)
    })
  }
  const stop = (): void => {
    server.closeAllConnections()
    server.close()
  }
  return { issuer, personas, serve, stop }
}

interface Setting {
  readonly issuer: string
  readonly redirectUri: string
  readonly personas: ReadonlyMap<string, Persona>
}

const createProvider = ({ issuer, redirectUri, personas }: Setting): Provider =>
  new Provider(issuer, {
    clients: [
      {
        client_id: OIDC_CLIENT.id,
        client_secret: OIDC_CLIENT.secret,
        redirect_uris: [redirectUri],
        // It refuses to send anybody to plain http otherwise.
        application_type: 'native',
      },
    ],
    claims: { openid: ['sub'], email: ['email', 'email_verified', 'xms_edov'], profile: ['name'] },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: () => ({
        sub: id,
        email: `${id}@example.org`,
        email_verified: true,
        name: `The ${id}`,
        ...personas.get(id),
      }),
    }),
    cookies: { keys: ['a key of the test'] },
    // Its own pages fetch a font from elsewhere.
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, { uid }) => PAGES + uid },
    // The organisation's own client: nobody is asked what it may know.
    loadExistingGrant: async ({ oidc: { session, client, provider } }) => {
      const { accountId } = session ?? {}
      if (accountId === undefined || client === undefined) return undefined
      const grant = new provider.Grant({ accountId, clientId: client.clientId })
      grant.addOIDCScope('openid email profile')
      await grant.save()
      return grant
    },
  })

async function showPage(provider: Provider, request: IncomingMessage, response: ServerResponse) {
  if (request.method === 'POST') {
    const form = new URLSearchParams(await text(request))
    const login = form.get('login') ?? ''
    const result = form.has('cancel') ? { error: 'access_denied' } : { login: { accountId: login } }
    await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false })
    return
  }
  const { prompt } = await provider.interactionDetails(request, response)
  if (prompt.name === 'consent') {
    await provider.interactionFinished(request, response, { consent: {} }, { mergeWithLastSubmission: true })
    return
  }
  response.writeHead(200, { 'content-type': 'text/html' }).end(`<!doctype html><title>Sign-in</title>
    <form method="post">
      <input name="login" placeholder="Enter any login"><input name="password" type="password" placeholder="and password">
      <button>Sign-in</button><button name="cancel" value="yes">Cancel</button>
    </form>`)
}
