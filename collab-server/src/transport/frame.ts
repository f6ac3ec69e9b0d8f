import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'

/** First number after the address of every frame (Hocuspocus protocol 4). */
export const TYPE = {
  sync: 0,
  awareness: 1,
  auth: 2,
  queryAwareness: 3,
  syncReply: 4,
  stateless: 5,
  close: 7,
  syncStatus: 8,
  ping: 9,
  pong: 10,
} as const

const SYNC_STEP = { stateVector: 0, answer: 1, update: 2 } as const
const TOKEN = 0
const PERMISSION_DENIED = 1

/** Longest address we take: a document name (73 characters) and a session id. */
const MAX_ADDRESS_CHARS = 256

/** The whole frame that keeps a quiet client's watchdog calm; it answers with {@link isPong}. */
export const PING_FRAME: Uint8Array = Uint8Array.of(TYPE.ping)

export const isPong = (frame: Uint8Array): boolean => frame.length === 1 && frame[0] === TYPE.pong

/** What a client sent. `address` is the document's name, with `\0` and a session id behind it for some clients. */
export type ClientFrame =
  | { readonly kind: 'stateVector'; readonly address: string }
  | { readonly kind: 'update'; readonly address: string; readonly updateBytes: number }
  | { readonly kind: 'awareness'; readonly address: string; readonly states: Uint8Array }
  | { readonly kind: 'auth'; readonly address: string }
  | { readonly kind: 'leave'; readonly address: string }
  /** Allowed, and nothing is to be done about it. */
  | { readonly kind: 'ignored'; readonly address: string }

/** The frame a client signs in with. */
export function signInFrame(address: string, token: string): Uint8Array {
  const encoder = encoding.createEncoder()
  encoding.writeVarString(encoder, address)
  encoding.writeVarUint(encoder, TYPE.auth)
  encoding.writeVarUint(encoder, TOKEN)
  encoding.writeVarString(encoder, token)
  return encoding.toUint8Array(encoder)
}

/** Why the server closes a document. @param body - Of such a frame, without its address. */
export const closeReasonIn = (body: Uint8Array): string =>
  decoding.readVarString(decoding.createDecoder(body.subarray(1)))

/** @returns The frame, or `null` when no client that means well would send these bytes. */
export function parseClientFrame(bytes: Uint8Array): ClientFrame | null {
  try {
    const decoder = decoding.createDecoder(bytes)
    const address = decoding.readVarString(decoder)
    if (address === '' || address.length > MAX_ADDRESS_CHARS) return null
    return readBody(decoder, address)
  } catch {
    return null
  }
}

function readBody(decoder: decoding.Decoder, address: string): ClientFrame | null {
  switch (decoding.readVarUint(decoder)) {
    case TYPE.sync:
      return readSync(decoder, address)
    case TYPE.awareness:
      return { kind: 'awareness', address, states: decoding.readVarUint8Array(decoder) }
    case TYPE.auth:
      decoding.readVarUint(decoder)
      decoding.readVarString(decoder)
      return { kind: 'auth', address }
    case TYPE.close:
      return { kind: 'leave', address }
    case TYPE.queryAwareness:
    case TYPE.stateless:
      return { kind: 'ignored', address }
    default:
      return null
  }
}

function readSync(decoder: decoding.Decoder, address: string): ClientFrame | null {
  const step = decoding.readVarUint(decoder)
  const body = decoding.readVarUint8Array(decoder)
  if (step === SYNC_STEP.stateVector) return { kind: 'stateVector', address }
  if (step === SYNC_STEP.answer || step === SYNC_STEP.update) {
    return { kind: 'update', address, updateBytes: body.byteLength }
  }
  return null
}

/** What our own server is about to send, as far as the transport cares. */
export type ServerFrame =
  /** "What you sent is saved." Held back until it is true. */
  | { readonly kind: 'ack' }
  /** State, not history: the next one replaces it. */
  | { readonly kind: 'awareness' }
  /** A document, or what the client lacks of it: the answer to its state vector. */
  | { readonly kind: 'document' }
  /** Edits, of whoever made them. */
  | { readonly kind: 'update' }
  | { readonly kind: 'refusal'; readonly reason: string }
  | { readonly kind: 'other' }

const OTHER: ServerFrame = { kind: 'other' }
const ACK: ServerFrame = { kind: 'ack' }
const AWARENESS: ServerFrame = { kind: 'awareness' }
const UPDATE: ServerFrame = { kind: 'update' }
const DOCUMENT: ServerFrame = { kind: 'document' }

/** Looks at the few bytes that matter; never fails on frames made by Hocuspocus. */
export function classifyServerFrame(bytes: Uint8Array): ServerFrame {
  const decoder = decoding.createDecoder(bytes)
  const addressBytes = decoding.readVarUint(decoder)
  const typeAt = decoder.pos + addressBytes
  switch (bytes[typeAt]) {
    case TYPE.syncStatus:
      return bytes.length === typeAt + 2 && bytes[typeAt + 1] === 1 ? ACK : OTHER
    case TYPE.awareness:
      return AWARENESS
    case TYPE.sync:
      if (bytes[typeAt + 1] === SYNC_STEP.answer) return DOCUMENT
      return bytes[typeAt + 1] === SYNC_STEP.update ? UPDATE : OTHER
    case TYPE.auth:
      if (bytes[typeAt + 1] !== PERMISSION_DENIED) return OTHER
      decoder.pos = typeAt + 2
      return { kind: 'refusal', reason: decoding.readVarString(decoder) }
    default:
      return OTHER
  }
}

export const addressOf = (frame: Uint8Array): string => decoding.readVarString(decoding.createDecoder(frame))

/** The document's name in an address. */
export function nameInAddress(address: string): string {
  const end = address.indexOf('\0')
  return end === -1 ? address : address.slice(0, end)
}
