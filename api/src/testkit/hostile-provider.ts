import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { OIDC_CLIENT } from '@nexus/core/testkit'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { onTestFinished } from 'vitest'

/** What it does wrong. */
export type Wrong =
  | 'nothing'
  | 'algorithm none'
  | 'another key'
  | 'another issuer'
  | 'another audience'
  | 'another nonce'
  | 'expired'
  | 'no id token'
  | 'garbage'
  | 'an error'
  | 'no answer'

const nonceIn = (body: string): string => new URLSearchParams(body).get('code') ?? ''

/** A provider whose token endpoint answers with what it should not. There is no page: whoever comes is sent back at once. */
export async function startHostileProvider() {
  const [{ publicKey, privateKey }, other] = [await generateKeyPair('RS256'), await generateKeyPair('RS256')]
  const jwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'RS256', use: 'sig' }
  let wrong: Wrong = 'nothing'
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  const idToken = async (nonce: string): Promise<string> => {
    const now = Math.floor(Date.now() / 1_000)
    const claims: JWTPayload = {
      iss: wrong === 'another issuer' ? 'https://other.example.org' : issuer,
      aud: wrong === 'another audience' ? 'somebody else' : OIDC_CLIENT.id,
      sub: 'mallory',
      email: 'mallory@example.org',
      email_verified: true,
      nonce: wrong === 'another nonce' ? 'not this one' : nonce,
      iat: now - (wrong === 'expired' ? 7_200 : 0),
      exp: now + (wrong === 'expired' ? -3_600 : 300),
    }
    if (wrong === 'algorithm none') {
      const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
      return `${part({ alg: 'none' })}.${part(claims)}.`
    }
    return new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256', kid: 'one' })
      .sign(wrong === 'another key' ? other.privateKey : privateKey)
  }
  const answers: Record<string, (body: string) => Promise<unknown>> = {
    '/.well-known/openid-configuration': async () => ({
      issuer,
      authorization_endpoint: `${issuer}/auth`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/keys`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
    }),
    '/keys': async () => ({ keys: [jwk] }),
    '/token': async (body) => ({
      access_token: 'x',
      token_type: 'Bearer',
      ...(wrong === 'no id token'
        ? {}
        : { id_token: wrong === 'garbage' ? 'a.b.c' : await idToken(nonceIn(body)) }),
    }),
  }
  server.on('request', async (request, response) => {
    const url = new URL(request.url ?? '', issuer)
    if (url.pathname === '/auth') {
      const back = new URL(url.searchParams.get('redirect_uri') ?? '')
      // What it has to remember of each.
      back.searchParams.set('code', url.searchParams.get('nonce') ?? '')
      back.searchParams.set('state', url.searchParams.get('state') ?? '')
      response.writeHead(302, { location: back.href }).end()
      return
    }
    if (url.pathname === '/token' && wrong === 'no answer') {
      request.socket.destroy()
      return
    }
    if (url.pathname === '/token' && wrong === 'an error') {
      response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":"invalid_grant"}')
      return
    }
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify((await answers[url.pathname]?.(await text(request))) ?? {}))
  })
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    issuer,
    /** From the next sign-in on. */
    be: (next: Wrong) => {
      wrong = next
    },
  }
}
