import type { IncomingMessage } from 'node:http'

/** Browsers always say where their page is from; programs say nothing, and carry a token of their own. */
export function isOriginAllowed(request: IncomingMessage, allowedOrigins: readonly string[]): boolean {
  const { origin, host } = request.headers
  if (origin === undefined) return true
  if (allowedOrigins.includes(origin)) return true
  return host !== undefined && URL.parse(origin)?.host === host
}

/** Those that pages may open WebSockets from, besides the host they ask. What is no address is left out. */
export function allowedOriginsIn(options: {
  readonly PUBLIC_URL: string | null
  readonly COLLAB_ALLOWED_ORIGINS: string | null
}): string[] {
  const { PUBLIC_URL, COLLAB_ALLOWED_ORIGINS } = options
  return [PUBLIC_URL, ...(COLLAB_ALLOWED_ORIGINS?.split(',') ?? [])].flatMap((text) => {
    const url = text === null ? null : URL.parse(text.trim())
    return url === null ? [] : [url.origin]
  })
}
