import { type Decoder, readUint8, readVarString, readVarUint, readVarUint8Array } from 'lib0/decoding'
import {
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
import type { AnnouncedUpdate, Announcement } from '../ports/fanout.ts'
import type { DocumentName } from '../wire/document-name.ts'
import { readId, writeId } from './compact-id.ts'
import { beginMessage, openMessage } from './messages.ts'

/** Who changed something and why; often the same for a whole batch. */
type AnnouncedCause = Omit<AnnouncedUpdate, 'update'>

/**
 * Who sent it, the range, each cause once, then the updates. With one cause an update costs its length prefix; with
 * several, one byte more that says which. The document is not in it: its channel says which.
 */
export function encodeAnnouncement(origin: NodeId, announcement: Announcement): Uint8Array {
  const { sender, fromVersion, occurredAt, updates } = announcement
  const { causes, indexes } = distinctCauses(updates)
  const encoder = beginMessage(2, origin)
  writeId(encoder, sender === origin ? null : sender)
  writeVarUint(encoder, fromVersion)
  writeVarUint(encoder, occurredAt.getTime())
  writeVarUint(encoder, causes.length)
  for (const cause of causes) writeCause(encoder, cause)
  writeVarUint(encoder, updates.length)
  for (const [at, { update }] of updates.entries()) {
    if (causes.length > 1) writeVarUint(encoder, indexes[at] ?? 0)
    writeVarUint8Array(encoder, update)
  }
  return toUint8Array(encoder)
}

function distinctCauses(updates: readonly AnnouncedUpdate[]) {
  const known = new Map<string, number>()
  const causes: AnnouncedCause[] = []
  const indexes = updates.map((cause) => {
    const key = JSON.stringify([cause.userId, cause.triggeredBy, cause.triggerSource])
    const index = known.get(key) ?? causes.length
    if (index === causes.length) {
      known.set(key, index)
      causes.push(cause)
    }
    return index
  })
  return { causes, indexes }
}

const WITHOUT_SOURCE = 0
const WITH_SOURCE = 1

function writeCause(encoder: Encoder, { userId, triggeredBy, triggerSource }: AnnouncedCause): void {
  writeUint8(encoder, TRIGGERS.indexOf(triggeredBy))
  writeId(encoder, userId)
  writeUint8(encoder, triggerSource === null ? WITHOUT_SOURCE : WITH_SOURCE)
  if (triggerSource !== null) writeVarString(encoder, triggerSource)
}

/** @throws {Error} when it is of an unknown format, has an unknown trigger, or ends early. */
export function decodeAnnouncement(document: DocumentName, message: Uint8Array): Announcement {
  const { format, origin, body } = openMessage(message)
  const sender = format === 1 ? readVarString(body) : readId(body)
  const fromVersion = readVarUint(body)
  const occurredAt = new Date(readVarUint(body))
  const updates = format === 1 ? readUpdatesOfFormat1(body) : readUpdates(body)
  return {
    document,
    sender: (sender || origin) as NodeId,
    fromVersion: toVersion(fromVersion),
    toVersion: toVersion(fromVersion + updates.length - 1),
    occurredAt,
    updates,
  }
}

function readUpdates(body: Decoder): AnnouncedUpdate[] {
  const causes = Array.from({ length: readVarUint(body) }, () => readCause(body))
  return Array.from({ length: readVarUint(body) }, () => {
    const cause = causes[causes.length > 1 ? readVarUint(body) : 0]
    if (cause === undefined) throw new Error('An announcement names a cause it does not have.')
    return { update: readVarUint8Array(body), ...cause }
  })
}

function readCause(body: Decoder): AnnouncedCause {
  const triggeredBy = readTrigger(body)
  const userId = readId(body)
  const triggerSource = readUint8(body) === WITH_SOURCE ? readVarString(body) : null
  return { userId: userId === null ? null : toUserId(userId), triggeredBy, triggerSource }
}

/** Each update with its cause before it; which texts are there is in the flags. */
function readUpdatesOfFormat1(body: Decoder): AnnouncedUpdate[] {
  return Array.from({ length: readVarUint(body) }, () => {
    const flags = readUint8(body)
    const triggeredBy = readTrigger(body)
    const userId = (flags & 1) === 0 ? null : toUserId(readVarString(body))
    const triggerSource = (flags & 2) === 0 ? null : readVarString(body)
    return { update: readVarUint8Array(body), userId, triggeredBy, triggerSource }
  })
}

function readTrigger(body: Decoder): AnnouncedCause['triggeredBy'] {
  const trigger = TRIGGERS[readUint8(body)]
  if (trigger === undefined) throw new Error('An announcement has a trigger this release does not know.')
  return trigger
}
