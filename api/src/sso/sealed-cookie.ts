import { hkdfSync } from 'node:crypto'
import type { Clock } from '@nexus/core'
import type { CookieOptions, Request, Response } from 'express'
import { EncryptJWT, type JWTPayload, jwtDecrypt } from 'jose'
import { cookieIn, isSecure } from '../routes/cookies.ts'

const PATH = '/api/auth/sso'
/** How long one is good for, ms. The browser is told so too, and is not relied on. */
export const SEALED_FOR_MS = 10 * 60_000
const ENCRYPTION = 'A256GCM'

export interface SealedCookie<T> {
  /** `null`: there is none, it is too old, or it is not of ours. */
  read(request: Request): Promise<T | null>
  set(request: Request, response: Response, value: T): Promise<void>
  clear(request: Request, response: Response): void
}

interface SealedCookieOptions<T> {
  readonly name: string
  readonly secret: string
  readonly publicUrl: string | null
  readonly clock: Clock
  readonly toClaims: (value: T) => JWTPayload
  readonly fromClaims: (claims: JWTPayload) => T | null
}

/** A cookie of the way to the provider and back: nobody but us can read or make it, and one kind is not taken for another. */
export function createSealedCookie<T>(options: SealedCookieOptions<T>): SealedCookie<T> {
  const { name, secret, publicUrl, clock } = options
  const key = new Uint8Array(hkdfSync('sha256', secret, '', `nexus ${name}`, 32))
  const attributesFor = (request: Request): CookieOptions => ({
    httpOnly: true,
    // The way back from the provider is a navigation from elsewhere.
    sameSite: 'lax',
    path: PATH,
    secure: isSecure(request, publicUrl),
  })
  return {
    read: async (request) => {
      const sealed = cookieIn(request, name)
      if (sealed === null) return null
      const checks = {
        audience: name,
        currentDate: clock.now(),
        keyManagementAlgorithms: ['dir'],
        contentEncryptionAlgorithms: [ENCRYPTION],
        requiredClaims: ['exp'],
      }
      return jwtDecrypt(sealed, key, checks).then(
        ({ payload }) => options.fromClaims(payload),
        () => null,
      )
    },
    set: async (request, response, value) => {
      const sealed = await new EncryptJWT(options.toClaims(value))
        .setProtectedHeader({ alg: 'dir', enc: ENCRYPTION })
        .setAudience(name)
        .setExpirationTime(new Date(clock.now().getTime() + SEALED_FOR_MS))
        .encrypt(key)
      response.cookie(name, sealed, { ...attributesFor(request), maxAge: SEALED_FOR_MS })
    },
    clear: (request, response) => void response.clearCookie(name, attributesFor(request)),
  }
}
