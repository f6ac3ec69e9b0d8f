import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { OIDC_CLIENT } from '@nexus/core/testkit'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { onTestFinished } from 'vitest'

/** Claims of an ID token that is not to be taken, beside or in place of the right ones. */
const WRONG_CLAIMS = {
  'another issuer': () => ({ iss: 'https://other.example.org' }),
  'another audience': () => ({ aud: 'somebody else' }),
  'several audiences, and made for another': () => ({ aud: [OIDC_CLIENT.id, 'other'], azp: 'other' }),
  'another nonce': () => ({ nonce: 'not this one' }),
  'no nonce': () => ({ nonce: undefined }),
  expired: (now) => ({ iat: now - 7_200, exp: now - 3_600 }),
  'no end': () => ({ exp: undefined }),
  'a time that has not come': (now) => ({ nbf: now + 3_600 }),
  'no subject': () => ({ sub: undefined }),
  'an endless subject': () => ({ sub: 'x'.repeat(10_000) }),
  'a subject that cannot be stored': () => ({ sub: 'a\0b' }),
} as const satisfies Record<
  string,
  (now: number) => Partial<Record<keyof JWTPayload | 'nonce' | 'azp', unknown>>
>

/** What it does wrong. */
export type Wrong =
  | 'nothing'
  | keyof typeof WRONG_CLAIMS
  | 'algorithm none'
  | 'another key'
  | 'the secret as its key'
  | 'no id token'
  | 'garbage'
  | 'an error'
  | 'no answer'
  | 'no end of an answer'
  | 'silence'
  | 'no keys'
  | 'another name of itself'
  | 'another issuer in the address'
  | 'no issuer in the address'
  | 'news of somebody else'

const nonceIn = (body: string): string => new URLSearchParams(body).get('code') ?? ''
const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
export const ACCESS_TOKEN = 'an-access-token-of-the-provider'

/**
 * A provider that answers with what it should not. There is no page: whoever comes is sent back at once. It says of itself
 * that it signs with whatever one likes, so that this is nothing to rely on.
 */
export async function startHostileProvider(port = 0) {
  const [{ publicKey, privateKey }, other] = [await generateKeyPair('RS256'), await generateKeyPair('RS256')]
  const jwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'RS256', use: 'sig' }
  let wrong: Wrong = 'nothing'
  let sentBytes = 0
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  const claimsWith = (nonce: string): JWTPayload => {
    const now = Math.floor(Date.now() / 1_000)
    const right = { iss: issuer, aud: OIDC_CLIENT.id, sub: 'mallory', nonce, iat: now, exp: now + 300 }
    const address = { email: 'mallory@example.org', email_verified: true }
    const twist: (now: number) => object =
      wrong in WRONG_CLAIMS ? WRONG_CLAIMS[wrong as 'expired'] : () => ({})
    return { ...right, ...(wrong === 'news of somebody else' ? {} : address), ...twist(now) }
  }
  const idToken = async (nonce: string): Promise<string> => {
    if (wrong === 'garbage') return 'a.b.c'
    const claims = claimsWith(nonce)
    if (wrong === 'algorithm none') return `${base64url({ alg: 'none' })}.${base64url(claims)}.`
    if (wrong === 'the secret as its key')
      return new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(OIDC_CLIENT.secret))
    return new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256', kid: 'one' })
      .sign(wrong === 'another key' ? other.privateKey : privateKey)
  }
  const answers: Record<string, (body: string) => Promise<unknown>> = {
    '/.well-known/openid-configuration': async () => ({
      issuer: wrong === 'another name of itself' ? 'http://127.0.0.1:1' : issuer,
      authorization_endpoint: `${issuer}/auth`,
      token_endpoint: `${issuer}/token`,
      userinfo_endpoint: `${issuer}/userinfo`,
      jwks_uri: `${issuer}/keys`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256', 'HS256', 'none'],
      authorization_response_iss_parameter_supported: true,
    }),
    '/keys': async () => ({ keys: [jwk] }),
    '/token': async (body) => ({
      access_token: ACCESS_TOKEN,
      token_type: 'Bearer',
      ...(wrong === 'no id token' ? {} : { id_token: await idToken(nonceIn(body)) }),
    }),
    '/userinfo': async () => ({ sub: 'ada', email: 'ada@example.org', email_verified: true }),
  }
  /** What it does in place of answering. @returns Whether it did. */
  const misbehave = (path: string, response: ServerResponse): boolean => {
    if (path === '/keys' && wrong === 'no keys') response.writeHead(500).end()
    else if (path !== '/token') return false
    else if (wrong === 'no answer') response.destroy()
    else if (wrong === 'an error')
      response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":"invalid_grant"}')
    else if (wrong === 'no end of an answer') sendForever(response, (count) => (sentBytes += count))
    else if (wrong !== 'silence') return false
    return true
  }
  server.on('request', async (request, response) => {
    const url = new URL(request.url ?? '', issuer)
    if (url.pathname === '/auth') {
      const back = new URL(url.searchParams.get('redirect_uri') ?? '')
      // What it has to remember of each.
      back.searchParams.set('code', url.searchParams.get('nonce') ?? '')
      back.searchParams.set('state', url.searchParams.get('state') ?? '')
      if (wrong === 'another issuer in the address') back.searchParams.set('iss', 'https://other.example.org')
      else if (wrong !== 'no issuer in the address') back.searchParams.set('iss', issuer)
      response.writeHead(302, { location: back.href }).end()
      return
    }
    if (misbehave(url.pathname, response)) return
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify((await answers[url.pathname]?.(await text(request))) ?? {}))
  })
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    issuer,
    /** Of answers without end: what was taken off its hands. */
    sentBytes: () => sentBytes,
    /** From the next sign-in on. */
    be: (next: Wrong) => {
      wrong = next
    },
  }
}

function sendForever(response: ServerResponse, onSent: (byteCount: number) => void): void {
  const more = ' '.repeat(64_000)
  response.writeHead(200, { 'content-type': 'application/json' })
  const go = (): void => {
    if (response.destroyed) return
    response.write(more, () => {
      onSent(more.length)
      setImmediate(go)
    })
  }
  go()
}
