import { isJsonObject, type Json, type JsonObject, limits } from '@nexus/core'
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'

/** One client's presence: who, where, which cursor. `state: null`: it has left. */
export interface AwarenessEntry {
  readonly clientId: number
  readonly clock: number
  readonly state: JsonObject | null
}

/** @returns The entries, or `null` when the bytes are not a presence message. */
export function parseAwareness(bytes: Uint8Array): AwarenessEntry[] | null {
  try {
    const decoder = decoding.createDecoder(bytes)
    const count = decoding.readVarUint(decoder)
    const entries: AwarenessEntry[] = []
    while (entries.length < count) {
      const clientId = decoding.readVarUint(decoder)
      const clock = decoding.readVarUint(decoder)
      const state: unknown = JSON.parse(decoding.readVarString(decoder))
      if (state !== null && !isPresence(state)) return null
      entries.push({ clientId, clock, state })
    }
    return entries
  } catch {
    return null
  }
}

/** Deeply nested states would overflow the stack of whoever compares or encodes them. */
const isPresence = (state: unknown): state is JsonObject =>
  isJsonObject(state) && isShallow(state, limits.MAX_JSON_DEPTH)

function isShallow(value: Json, levels: number): boolean {
  if (value === null || typeof value !== 'object') return true
  return levels > 0 && Object.values(value).every((item) => isShallow(item, levels - 1))
}

export function encodeAwareness(entries: readonly AwarenessEntry[]): Uint8Array {
  const encoder = encoding.createEncoder()
  encoding.writeVarUint(encoder, entries.length)
  for (const { clientId, clock, state } of entries) {
    encoding.writeVarUint(encoder, clientId)
    encoding.writeVarUint(encoder, clock)
    encoding.writeVarString(encoder, JSON.stringify(state))
  }
  return encoding.toUint8Array(encoder)
}
