import { digest } from 'lib0/hash/sha256'
import type * as Y from 'yjs'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

/** SHA-256 of the UTF-8 text, 64 lower-case hex digits. Synchronous and the same in browsers and on servers. */
export const sha256Hex = (text: string): string =>
  Array.from(digest(bytesOf(text)), (byte) => byte.toString(16).padStart(2, '0')).join('')

/**
 * The Yjs client id for content that several replicas may create independently: its first 32 bits of SHA-256.
 *
 * @param seed - Must say everything the content depends on. Two different contents under one client id would leave
 *   replicas different for ever, without any error.
 */
export function derivedClientId(seed: string): number {
  const hash = digest(bytesOf(seed))
  return new DataView(hash.buffer, hash.byteOffset).getUint32(0)
}

/** Runs `write` so that what it creates belongs to `clientId`, then gives the document its own id back. */
export function asClient(doc: Y.Doc, clientId: number, write: () => void): void {
  const own = doc.clientID
  doc.clientID = clientId
  try {
    write()
  } finally {
    doc.clientID = own
  }
}
