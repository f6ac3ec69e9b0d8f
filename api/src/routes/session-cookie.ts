import type { CookieOptions, Request, Response } from 'express'
import { SESSION_TTL_S } from '../accounts/auth-library.ts'

/** Holds the opaque session token of browsers. */
const NAME = 'nexus_session'

/** Only the auth routes get it, so it cannot be used to ask for anything else. */
const PATH = '/api/auth'

interface SessionCookie {
  read(request: Request): string | null
  set(request: Request, response: Response, token: string): void
  clear(request: Request, response: Response): void
}

/** @param publicUrl - With https, the cookie is always `Secure`; else when a proxy says the client came over https. */
export function createSessionCookie(publicUrl: string | null): SessionCookie {
  const optionsFor = (request: Request): CookieOptions => ({
    httpOnly: true,
    sameSite: 'lax',
    path: PATH,
    secure:
      publicUrl?.startsWith('https://') === true ||
      request.get('x-forwarded-proto')?.split(',')[0] === 'https',
  })
  return {
    read: (request) => tokenIn(request.get('cookie') ?? ''),
    set: (request, response, token) =>
      void response.cookie(NAME, token, { ...optionsFor(request), maxAge: SESSION_TTL_S * 1_000 }),
    clear: (request, response) => void response.clearCookie(NAME, optionsFor(request)),
  }
}

function tokenIn(header: string): string | null {
  for (const part of header.split(';')) {
    const [name, value] = part.trim().split('=', 2)
    if (name === NAME && value !== undefined && value !== '') return value
  }
  return null
}
