import {
  createDecoder,
  type Decoder,
  readUint8,
  readVarString,
  readVarUint,
  readVarUint8Array,
} from 'lib0/decoding'
import {
  createEncoder,
  type Encoder,
  toUint8Array,
  writeUint8,
  writeVarString,
  writeVarUint,
  writeVarUint8Array,
} from 'lib0/encoding'
import { TRIGGERS } from '../model/cause.ts'
import { type NodeId, toUserId } from '../model/ids.ts'
import { toVersion } from '../model/version.ts'
import type { AnnouncedUpdate, Announcement, PresenceMessage } from '../ports/fanout.ts'
import type { DocumentName } from '../wire/document-name.ts'
import type { Notice } from '../wire/notices.ts'
import { parseNotice } from './parse-notice.ts'

/**
 * First byte of every message. Nodes of two releases talk to each other during a rollout, so a changed layout gets a new
 * number; a number one does not know is a lost message.
 */
const FORMAT = 1

/** Which of the optional texts of an update are there. */
const HAS_USER = 1
const HAS_SOURCE = 2

/** Every message says which process's fan-out published it; that one has delivered it already. */
function begin(origin: NodeId): Encoder {
  const encoder = createEncoder()
  writeUint8(encoder, FORMAT)
  writeVarString(encoder, origin)
  return encoder
}

/** @returns Who published the message; the decoder stands behind it. */
export function openMessage(message: Uint8Array): { origin: NodeId; body: Decoder } {
  const body = createDecoder(message)
  const format = readUint8(body)
  if (format !== FORMAT) throw new Error(`A message has format ${format}, which this release does not know.`)
  return { origin: readVarString(body) as NodeId, body }
}

/** The document is not in it: its channel says which. */
export function encodeAnnouncement(origin: NodeId, announcement: Announcement): Uint8Array {
  const { sender, fromVersion, occurredAt, updates } = announcement
  const encoder = begin(origin)
  writeVarString(encoder, sender === origin ? '' : sender)
  writeVarUint(encoder, fromVersion)
  writeVarUint(encoder, occurredAt.getTime())
  writeVarUint(encoder, updates.length)
  for (const update of updates) encodeUpdate(encoder, update)
  return toUint8Array(encoder)
}

function encodeUpdate(
  encoder: Encoder,
  { update, userId, triggeredBy, triggerSource }: AnnouncedUpdate,
): void {
  writeUint8(encoder, (userId === null ? 0 : HAS_USER) | (triggerSource === null ? 0 : HAS_SOURCE))
  writeUint8(encoder, TRIGGERS.indexOf(triggeredBy))
  if (userId !== null) writeVarString(encoder, userId)
  if (triggerSource !== null) writeVarString(encoder, triggerSource)
  writeVarUint8Array(encoder, update)
}

export function decodeAnnouncement(document: DocumentName, message: Uint8Array): Announcement {
  const { origin, body } = openMessage(message)
  const sender = readVarString(body)
  const fromVersion = readVarUint(body)
  const occurredAt = new Date(readVarUint(body))
  const updates = Array.from({ length: readVarUint(body) }, () => decodeUpdate(body))
  return {
    document,
    sender: sender === '' ? origin : (sender as NodeId),
    fromVersion: toVersion(fromVersion),
    toVersion: toVersion(fromVersion + updates.length - 1),
    occurredAt,
    updates,
  }
}

function decodeUpdate(decoder: Decoder): AnnouncedUpdate {
  const flags = readUint8(decoder)
  const triggeredBy = TRIGGERS[readUint8(decoder)]
  if (triggeredBy === undefined) throw new Error('An announcement has a trigger this release does not know.')
  const userId = (flags & HAS_USER) === 0 ? null : toUserId(readVarString(decoder))
  const triggerSource = (flags & HAS_SOURCE) === 0 ? null : readVarString(decoder)
  return { update: readVarUint8Array(decoder), userId, triggeredBy, triggerSource }
}

export function encodePresence(origin: NodeId, { sender, awareness }: PresenceMessage): Uint8Array {
  const encoder = begin(origin)
  writeVarString(encoder, sender === origin ? '' : sender)
  writeVarUint8Array(encoder, awareness)
  return toUint8Array(encoder)
}

export function decodePresence(document: DocumentName, message: Uint8Array): PresenceMessage {
  const { origin, body } = openMessage(message)
  const sender = readVarString(body)
  return { document, sender: sender === '' ? origin : (sender as NodeId), awareness: readVarUint8Array(body) }
}

export function encodeNotice(origin: NodeId, notice: Notice): Uint8Array {
  const encoder = begin(origin)
  writeVarString(encoder, JSON.stringify(notice))
  return toUint8Array(encoder)
}

export function decodeNotice(message: Uint8Array): Notice {
  const notice = parseNotice(JSON.parse(readVarString(openMessage(message).body)))
  if (notice === null) throw new Error('A notice is of a kind this release does not know.')
  return notice
}
