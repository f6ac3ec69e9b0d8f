import { createDecoder, type Decoder, readUint8, readVarString, readVarUint8Array } from 'lib0/decoding'
import {
  createEncoder,
  type Encoder,
  toUint8Array,
  writeUint8,
  writeVarString,
  writeVarUint8Array,
} from 'lib0/encoding'
import type { NodeId } from '../model/ids.ts'
import type { NodePulse, PresenceMessage } from '../ports/fanout.ts'
import type { DocumentName } from '../wire/document-name.ts'
import type { Notice } from '../wire/notices.ts'
import { readId, writeId } from './compact-id.ts'
import { parseNotice } from './parse-notice.ts'

/**
 * First byte of every message. Nodes of two releases talk to each other during a rollout, so a changed layout gets a new
 * number; a number one does not know is a lost message. Read for ever: 1 has ids as text, 2 as 16 bytes where they are
 * UUIDs. Sent: announcements as 2, the rest as 1, because nothing heals a lost notice (decision 14).
 */
export type MessageFormat = 1 | 2

export interface OpenMessage {
  readonly format: MessageFormat
  /** Which process's fan-out published it; that one has delivered it already. */
  readonly origin: NodeId
  /** Stands behind the origin. */
  readonly body: Decoder
}

export function beginMessage(format: MessageFormat, origin: NodeId): Encoder {
  const encoder = createEncoder()
  writeUint8(encoder, format)
  if (format === 1) writeVarString(encoder, origin)
  else writeId(encoder, origin)
  return encoder
}

/** @throws {Error} when the format is not known or the message ends early. */
export function openMessage(message: Uint8Array): OpenMessage {
  const body = createDecoder(message)
  const format = readUint8(body)
  if (format !== 1 && format !== 2)
    throw new Error(`A message has format ${format}, which this release does not know.`)
  const origin = format === 1 ? readVarString(body) : readId(body)
  if (origin === null) throw new Error('A message does not say where it is from.')
  return { format, origin: origin as NodeId, body }
}

export function encodePresence(origin: NodeId, { sender, awareness }: PresenceMessage): Uint8Array {
  const encoder = beginMessage(1, origin)
  writeVarString(encoder, sender === origin ? '' : sender)
  writeVarUint8Array(encoder, awareness)
  return toUint8Array(encoder)
}

export function decodePresence(document: DocumentName, message: Uint8Array): PresenceMessage {
  const { origin, body } = openMessage(message)
  const sender = readVarString(body)
  return { document, sender: sender === '' ? origin : (sender as NodeId), awareness: readVarUint8Array(body) }
}

export function encodePulse(origin: NodeId, { node, state }: NodePulse): Uint8Array {
  const encoder = beginMessage(1, origin)
  writeVarString(encoder, node)
  writeUint8(encoder, state === 'alive' ? 1 : 0)
  return toUint8Array(encoder)
}

export function decodePulse(message: Uint8Array): NodePulse {
  const { body } = openMessage(message)
  const node = readVarString(body) as NodeId
  return { node, state: readUint8(body) === 1 ? 'alive' : 'leaving' }
}

export function encodeEnded(origin: NodeId, credential: string): Uint8Array {
  const encoder = beginMessage(1, origin)
  writeVarString(encoder, credential)
  return toUint8Array(encoder)
}

export const decodeEnded = (message: Uint8Array): string => readVarString(openMessage(message).body)

export function encodeNotice(origin: NodeId, notice: Notice): Uint8Array {
  const encoder = beginMessage(1, origin)
  writeVarString(encoder, JSON.stringify(notice))
  return toUint8Array(encoder)
}

export function decodeNotice(message: Uint8Array): Notice {
  const notice = parseNotice(JSON.parse(readVarString(openMessage(message).body)))
  if (notice === null) throw new Error('A notice is of a kind this release does not know.')
  return notice
}
