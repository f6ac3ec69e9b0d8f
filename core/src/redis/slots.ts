/** Parts of a Redis cluster's key space. */
export const SLOT_COUNT = 16_384

/** The slot of a name: of what stands between its first braces, else of all of it (Redis Cluster specification). */
export function slotOf(name: string): number {
  const start = name.indexOf('{')
  const end = name.indexOf('}', start + 1)
  const hashed = start >= 0 && end > start + 1 ? name.slice(start + 1, end) : name
  return crc16(hashed) % SLOT_COUNT
}

/** CRC-16/XMODEM. */
function crc16(text: string): number {
  let crc = 0
  for (const byte of new TextEncoder().encode(text)) {
    crc ^= byte << 8
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 0x8000) === 0 ? crc << 1 : (crc << 1) ^ 0x1021
    crc &= 0xffff
  }
  return crc
}

export interface ServerAddress {
  readonly host: string
  readonly port: number
}

/**
 * Reads the answer to `CLUSTER SLOTS`: slots from, to, then who has them, the owner first.
 *
 * @param asked - Who was asked; a server that does not know its own address leaves it out.
 * @returns The owner of each slot; `undefined` where a slot has none.
 * @throws {Error} when it is not such an answer.
 */
export function parseSlots(answer: unknown, asked: ServerAddress): (ServerAddress | undefined)[] {
  const owners = new Array<ServerAddress | undefined>(SLOT_COUNT)
  if (!Array.isArray(answer)) throw new Error('Redis does not say who owns which slot.')
  for (const range of answer) {
    const [from, to, owner]: unknown[] = Array.isArray(range) ? range : []
    const [host, port]: unknown[] = Array.isArray(owner) ? owner : []
    if (typeof from !== 'number' || typeof to !== 'number' || typeof port !== 'number')
      throw new Error('Redis describes its slots in a way this release does not know.')
    const address = { host: typeof host === 'string' && host !== '' ? host : asked.host, port }
    owners.fill(address, from, to + 1)
  }
  return owners
}
