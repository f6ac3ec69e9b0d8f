import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'

/** Numbers of the Hocuspocus protocol, as `@hocuspocus/provider` 4.7 speaks it. */
export const TYPE = { sync: 0, awareness: 1, auth: 2, close: 7, syncStatus: 8, ping: 9, pong: 10 } as const
export const STEP = { stateVector: 0, answer: 1, update: 2 } as const
const PERMISSION_DENIED = 1

type Part = number | string | Uint8Array

/** An address followed by numbers, texts and byte strings, each in the encoding of the protocol. */
export function frame(address: string, ...parts: readonly Part[]): Uint8Array {
  const encoder = encoding.createEncoder()
  encoding.writeVarString(encoder, address)
  for (const part of parts) {
    if (typeof part === 'number') encoding.writeVarUint(encoder, part)
    else if (typeof part === 'string') encoding.writeVarString(encoder, part)
    else encoding.writeVarUint8Array(encoder, part)
  }
  return encoding.toUint8Array(encoder)
}

export const PONG_FRAME = Uint8Array.of(TYPE.pong)

/** What a server said, as far as the clients here care. */
type ServerFrame =
  | { readonly kind: 'stateVector' | 'answer' | 'update' | 'awareness'; readonly bytes: Uint8Array }
  | { readonly kind: 'ack' | 'ping' | 'refused' | 'other' }

const OTHER: ServerFrame = { kind: 'other' }
const ACK: ServerFrame = { kind: 'ack' }
const PING: ServerFrame = { kind: 'ping' }
const REFUSED: ServerFrame = { kind: 'refused' }
const STEP_KINDS = ['stateVector', 'answer', 'update'] as const

export function parseServerFrame(bytes: Uint8Array): ServerFrame {
  if (bytes.length === 1) return bytes[0] === TYPE.ping ? PING : OTHER
  const decoder = decoding.createDecoder(bytes)
  // The address is not needed: there is one document on each socket.
  const addressBytes = decoding.readVarUint(decoder)
  decoder.pos += addressBytes
  switch (decoding.readVarUint(decoder)) {
    case TYPE.sync: {
      const kind = STEP_KINDS[decoding.readVarUint(decoder)]
      return kind === undefined ? OTHER : { kind, bytes: decoding.readVarUint8Array(decoder) }
    }
    case TYPE.awareness:
      return { kind: 'awareness', bytes: decoding.readVarUint8Array(decoder) }
    case TYPE.syncStatus:
      return decoding.readVarUint(decoder) === 1 ? ACK : OTHER
    case TYPE.auth:
      return decoding.readVarUint(decoder) === PERMISSION_DENIED ? REFUSED : OTHER
    case TYPE.close:
      return REFUSED
    default:
      return OTHER
  }
}
