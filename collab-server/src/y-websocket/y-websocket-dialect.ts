import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import { type Dialect, NOTHING } from '../transport/dialect.ts'
import { closeReasonIn, TYPE } from '../transport/frame.ts'
import { toWire } from '../transport/outgoing.ts'
import { OwnPresence } from './own-presence.ts'

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
  const presence = new OwnPresence()
  const addressed = (body: Uint8Array): Uint8Array => {
    const ours = new Uint8Array(prefix.length + body.length)
    ours.set(prefix)
    ours.set(body, prefix.length)
    return ours
  }
  return {
    toOurs(bytes) {
      if (!FROM_CLIENT.has(bytes[0])) return null
      if (bytes[0] !== TYPE.awareness) return addressed(bytes)
      const states = statesIn(bytes)
      const own = states === null ? null : presence.ownOf(states)
      if (own === null) return null
      if (own === states) return addressed(bytes)
      // Nothing of it is its own.
      return own[0] === 0 ? NOTHING : addressed(presenceMessage(own))
    },
    toTheirs({ message, address: about, kind }) {
      if (about === '') return QUIET
      if (kind.kind === 'refusal') return { reason: kind.reason }
      const body = message.subarray(prefix.length)
      switch (body[0]) {
        case TYPE.sync:
          return toWire(body)
        case TYPE.awareness:
          presence.noteTold(statesIn(body) ?? NOTHING)
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

/** What a presence message says. @returns `null` when it cannot be understood. */
function statesIn(body: Uint8Array): Uint8Array | null {
  try {
    return decoding.readVarUint8Array(decoding.createDecoder(body.subarray(1)))
  } catch {
    return null
  }
}

function presenceMessage(states: Uint8Array): Uint8Array {
  const encoder = encoding.createEncoder()
  encoding.writeVarUint(encoder, TYPE.awareness)
  encoding.writeVarUint8Array(encoder, states)
  return encoding.toUint8Array(encoder)
}

/** What Hocuspocus answers under a type of its own. A copy: others may be sent the same bytes. */
function asSync(body: Uint8Array): Uint8Array {
  const copy = body.slice()
  copy[0] = TYPE.sync
  return copy
}
