import { isJsonObject } from '@nexus/core'
import type { CookieOptions, Request, Response } from 'express'
import { cookieIn, isSecure } from '../routes/cookies.ts'
import type { Journey } from './provider.ts'

const NAME = 'nexus_sso'
const PATH = '/api/auth/sso'
/** To sign in at the provider, ms. */
const TAKES_MS = 10 * 60_000

/** A journey, and where in the studio it ends. */
export interface Trip {
  readonly journey: Journey
  readonly returnTo: string
}

/**
 * What ties an answer of the provider to the browser that asked: without it somebody could be made to sign in as somebody
 * else. It holds nothing that its own browser may not know.
 */
export function createJourneyCookie(publicUrl: string | null) {
  const optionsFor = (request: Request): CookieOptions => ({
    httpOnly: true,
    // The way back from the provider is a navigation from elsewhere.
    sameSite: 'lax',
    path: PATH,
    secure: isSecure(request, publicUrl),
  })
  return {
    read: (request: Request): Trip | null => parseTrip(cookieIn(request, NAME)),
    set: (request: Request, response: Response, trip: Trip): void => {
      const value = Buffer.from(JSON.stringify(trip)).toString('base64url')
      response.cookie(NAME, value, { ...optionsFor(request), maxAge: TAKES_MS })
    },
    clear: (request: Request, response: Response): void =>
      void response.clearCookie(NAME, optionsFor(request)),
  }
}

function parseTrip(value: string | null): Trip | null {
  if (value === null) return null
  try {
    const trip: unknown = JSON.parse(Buffer.from(value, 'base64url').toString('utf8'))
    if (!isJsonObject(trip) || !isJsonObject(trip.journey)) return null
    const { state, nonce, verifier } = trip.journey
    if (typeof state !== 'string' || typeof nonce !== 'string' || typeof verifier !== 'string') return null
    return { journey: { state, nonce, verifier }, returnTo: toReturnPath(trip.returnTo) }
  } catch {
    return null
  }
}

const MAX_PATH_CHARS = 500

/** A place in the studio; what leads elsewhere is its start page. */
export function toReturnPath(wanted: unknown): string {
  if (typeof wanted !== 'string' || wanted.length > MAX_PATH_CHARS) return '/'
  const url = URL.parse(wanted, 'http://studio.invalid')
  const isHere = url !== null && url.origin === 'http://studio.invalid' && wanted.startsWith('/')
  return isHere && !url.pathname.startsWith('//') && !url.pathname.startsWith('/api') ? url.pathname : '/'
}
