import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
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

/** A provider as organisations run one, the real program, with a form that takes any password. */
export async function startOidcProvider(): Promise<OidcProvider> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const personas = new Map<string, Persona>()
  const open = (redirectUri: string) =>
    new Provider(issuer, {
      clients: [
        {
          client_id: OIDC_CLIENT.id,
          client_secret: OIDC_CLIENT.secret,
          redirect_uris: [redirectUri],
          // Its pages refuse to send anybody to plain http otherwise.
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
      features: { devInteractions: { enabled: true } },
    })
  const serve = (redirectUri: string): void => {
    server.removeAllListeners('request')
    server.on('request', open(redirectUri).callback())
  }
  const stop = (): void => {
    server.closeAllConnections()
    server.close()
  }
  return { issuer, personas, serve, stop }
}
