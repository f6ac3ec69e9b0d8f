import { isIPv6 } from 'node:net'
import type { Request } from 'express'

const MAPPED_IPV4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i
/** What one household or server is given, in groups of 16 bits. */
const GROUPS_OF_A_CUSTOMER = 4

/** The client's address for people to read; `null` when the socket is gone. */
export const clientAddressOf = (request: Request): string | null =>
  request.ip === undefined ? null : (MAPPED_IPV4.exec(request.ip)?.[1] ?? request.ip)

/** What limits go by: an IPv4 address, or the first half of an IPv6 address, whose other half its owner chooses. */
export function addressKeyOf(request: Request): string {
  const address = clientAddressOf(request) ?? 'unknown'
  return isIPv6(address) ? firstHalf(address) : address
}

function firstHalf(address: string): string {
  const [head = '', tail] = (address.split('%')[0] ?? '').toLowerCase().split('::')
  const before = head.split(':').filter((group) => group !== '')
  const after = (tail ?? '').split(':').filter((group) => group !== '')
  const missing = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length)
  const groups = [...before, ...Array<string>(missing).fill('0'), ...after]
  const short = groups.slice(0, GROUPS_OF_A_CUSTOMER).map((group) => Number.parseInt(group, 16).toString(16))
  return `${short.join(':')}::/64`
}
