const MAX_PATH_CHARS = 500
/** Stands for the studio's origin, whatever that is. */
const HERE = 'http://studio.invalid'

/** A place in the studio; what leads elsewhere is its start page. */
export function toReturnPath(wanted: unknown): string {
  if (typeof wanted !== 'string' || wanted.length > MAX_PATH_CHARS || !wanted.startsWith('/')) return '/'
  const url = URL.parse(wanted, HERE)
  if (url === null || url.origin !== HERE) return '/'
  const { pathname } = url
  // Two slashes name another host where this is sent as an address.
  return pathname.startsWith('//') || /^\/api(\/|$)/i.test(pathname) ? '/' : pathname
}
