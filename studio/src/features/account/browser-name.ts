/** In this order: many browsers also say the names of those they descend from. */
const BROWSERS = [
  ['Edg/', 'Edge'],
  ['OPR/', 'Opera'],
  ['Firefox/', 'Firefox'],
  ['Chrome/', 'Chrome'],
  ['Safari/', 'Safari'],
] as const
const SYSTEMS = [
  ['Windows', 'Windows'],
  ['Android', 'Android'],
  ['iPhone', 'iPhone'],
  ['iPad', 'iPad'],
  ['Mac OS X', 'macOS'],
  ['Linux', 'Linux'],
] as const

/** `Firefox on Linux`, from what a browser calls itself; programs as they call themselves. */
export function browserName(userAgent: string | null): string {
  if (userAgent === null || userAgent === '') return 'A program'
  const browser = BROWSERS.find(([sign]) => userAgent.includes(sign))?.[1]
  const system = SYSTEMS.find(([sign]) => userAgent.includes(sign))?.[1]
  if (browser === undefined) return userAgent.split(/[ (]/)[0]?.slice(0, 60) ?? 'A program'
  return system === undefined ? browser : `${browser} on ${system}`
}
