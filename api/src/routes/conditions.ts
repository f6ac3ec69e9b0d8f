import type { Request } from 'express'

/** The ETag of a version. */
export const etagOf = (version: number): string => `"${version}"`

/** Whether the client has this version already (`If-None-Match`; weak tags count, RFC 9110 13.1.2). */
export function hasAlready(request: Request, version: number): boolean {
  const tags = tagsOf(request.get('if-none-match'))
  return tags !== null && (tags.includes('*') || tags.includes(String(version)))
}

/** The tags of `If-Match` without their quotes, `*` among them; `null` without the header. */
export const ifMatchOf = (request: Request): string[] | null => tagsOf(request.get('if-match'))

function tagsOf(header: string | undefined): string[] | null {
  if (header === undefined) return null
  return header.split(',').map((tag) =>
    tag
      .trim()
      .replace(/^W\//, '')
      .replace(/^"(.*)"$/, '$1'),
  )
}
