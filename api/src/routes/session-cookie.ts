import type { CookieOptions, Request, Response } from 'express'
import { SESSION_TTL_S } from '../accounts/auth-library.ts'
import { cookieIn, isSecure } from './cookies.ts'

/** Holds the opaque session token of browsers. */
const NAME = 'nexus_session'

/** Only the auth routes get it, so it cannot be used to ask for anything else. */
const PATH = '/api/auth'

interface SessionCookie {
  read(request: Request): string | null
  set(request: Request, response: Response, token: string): void
  clear(request: Request, response: Response): void
}

export function createSessionCookie(publicUrl: string | null): SessionCookie {
  const optionsFor = (request: Request): CookieOptions => ({
    httpOnly: true,
    sameSite: 'lax',
    path: PATH,
    secure: isSecure(request, publicUrl),
  })
  return {
    read: (request) => cookieIn(request, NAME),
    set: (request, response, token) =>
      void response.cookie(NAME, token, { ...optionsFor(request), maxAge: SESSION_TTL_S * 1_000 }),
    clear: (request, response) => void response.clearCookie(NAME, optionsFor(request)),
  }
}
