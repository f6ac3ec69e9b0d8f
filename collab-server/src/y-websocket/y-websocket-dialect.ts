import * as encoding from 'lib0/encoding'
import type { Dialect } from '../transport/dialect.ts'
import { closeReasonIn, TYPE } from '../transport/frame.ts'
import { toWire } from '../transport/outgoing.ts'

/** Presence of nobody: what a client that hears nothing else for 30 s would take for a dead connection is alive. */
const QUIET = toWire(Uint8Array.of(TYPE.awareness, 1, 0))

const FROM_CLIENT: ReadonlySet<number | undefined> = new Set([TYPE.sync, TYPE.awareness, TYPE.queryAwareness])

/**
 * The protocol of y-websocket: one document a socket, so that frames have no address; no sign-in and no acks. The bodies of
 * its frames are those of the Hocuspocus protocol.
 */
export function createYWebSocketDialect(address: string): Dialect {
  const encoder = encoding.createEncoder()
  encoding.writeVarString(encoder, address)
  const prefix = encoding.toUint8Array(encoder)
  return {
    toOurs(bytes) {
      if (!FROM_CLIENT.has(bytes[0])) return null
      const ours = new Uint8Array(prefix.length + bytes.length)
      ours.set(prefix)
      ours.set(bytes, prefix.length)
      return ours
    },
    toTheirs({ message, address: about, kind }) {
      if (about === '') return QUIET
      if (kind.kind === 'refusal') return { reason: kind.reason }
      const body = message.subarray(prefix.length)
      switch (body[0]) {
        case TYPE.sync:
        case TYPE.awareness:
          return toWire(body)
        case TYPE.syncReply:
          return toWire(asSync(body))
        case TYPE.close:
          return { reason: closeReasonIn(body) }
        default:
          return null
      }
    },
  }
}

/** What Hocuspocus answers under a type of its own. A copy: others may be sent the same bytes. */
function asSync(body: Uint8Array): Uint8Array {
  const copy = body.slice()
  copy[0] = TYPE.sync
  return copy
}
