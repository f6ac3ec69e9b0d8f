import type { Request } from 'express'

/** With https the cookie is always `Secure`; else when a proxy says the client came over https. */
export const isSecure = (request: Request, publicUrl: string | null): boolean =>
  publicUrl?.startsWith('https://') === true || request.get('x-forwarded-proto')?.split(',')[0] === 'https'

/** `null`: the browser sent none of that name. */
export function cookieIn(request: Request, wanted: string): string | null {
  for (const part of (request.get('cookie') ?? '').split(';')) {
    const [name, value] = part.trim().split('=', 2)
    if (name === wanted && value !== undefined && value !== '') return value
  }
  return null
}
