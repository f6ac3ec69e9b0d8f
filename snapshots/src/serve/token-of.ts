/**
 * The access token of an `Authorization` header: a bearer token, or the password of Basic, which is what git can send; the
 * user's name there says nothing.
 *
 * @returns `null` when there is none.
 */
export function tokenOf(header: string | undefined): string | null {
  const [, scheme = '', value = ''] = /^([a-z]+) +([^\s]+) *$/i.exec(header ?? '') ?? []
  if (scheme.toLowerCase() === 'bearer') return value
  if (scheme.toLowerCase() !== 'basic') return null
  const pair = Buffer.from(value, 'base64').toString('utf8')
  const password = pair.slice(pair.indexOf(':') + 1)
  return pair.includes(':') && password !== '' ? password : null
}
