import { addressOf, classifyServerFrame, type ServerFrame } from './frame.ts'

/** A message of the Hocuspocus protocol on its way out: what it is, and its bytes as a WebSocket carries them. */
export interface Outgoing {
  readonly message: Uint8Array
  /** Which document, and which of its sessions on the socket, it is about; '' for what is about the socket. */
  readonly address: string
  readonly kind: ServerFrame
  /** A whole, final, unmasked binary frame (RFC 6455, 5.2). */
  readonly wire: Uint8Array
}

const FINAL_BINARY = 0x82
const LENGTH_IN_16_BITS = 126
const LENGTH_IN_64_BITS = 127

/**
 * Looks at messages and frames them. A broadcast hands the same bytes to hundreds of sockets one after another: they
 * are looked at, and framed, once, and each socket writes one buffer instead of a head and a body.
 */
export function createOutgoing(): (message: Uint8Array) => Outgoing {
  let last: Outgoing | null = null
  return (message) => {
    if (last?.message === message) return last
    last = {
      message,
      address: message.length > 1 ? addressOf(message) : '',
      kind: classifyServerFrame(message),
      wire: toWire(message),
    }
    return last
  }
}

export function toWire(message: Uint8Array): Uint8Array {
  const { length } = message
  const headBytes = length < LENGTH_IN_16_BITS ? 2 : length < 65_536 ? 4 : 10
  const wire = Buffer.allocUnsafe(headBytes + length)
  wire[0] = FINAL_BINARY
  if (headBytes === 2) wire[1] = length
  else if (headBytes === 4) {
    wire[1] = LENGTH_IN_16_BITS
    wire.writeUInt16BE(length, 2)
  } else {
    wire[1] = LENGTH_IN_64_BITS
    wire.writeBigUInt64BE(BigInt(length), 2)
  }
  wire.set(message, headBytes)
  return wire
}
