import { type Decoder, readUint8, readUint8Array, readVarString } from 'lib0/decoding'
import { type Encoder, writeUint8, writeUint8Array, writeVarString } from 'lib0/encoding'
import { parse, stringify, validate } from 'uuid'

/** How an id stands in a message; the first byte. */
const NONE = 0
const UUID = 1
const TEXT = 2

/** A UUID in 17 bytes in place of 37; other ids, which the accounts library may make, as the text they are. */
export function writeId(encoder: Encoder, id: string | null): void {
  if (id === null) writeUint8(encoder, NONE)
  else if (isOurSpelling(id)) {
    writeUint8(encoder, UUID)
    writeUint8Array(encoder, parse(id))
  } else {
    writeUint8(encoder, TEXT)
    writeVarString(encoder, id)
  }
}

export function readId(decoder: Decoder): string | null {
  const kind = readUint8(decoder)
  if (kind === NONE) return null
  if (kind === UUID) return stringify(readUint8Array(decoder, 16))
  if (kind === TEXT) return readVarString(decoder)
  throw new Error('A message has an id this release cannot read.')
}

/** What `stringify` gives back unchanged. */
const isOurSpelling = (id: string): boolean => validate(id) && id === id.toLowerCase()
