import type * as Y from 'yjs'

/** JSON of one byte of an update has at most this many characters: a control character is written `\u0001`. */
const MAX_CHARS_PER_BYTE = 6

/** Knows whether a state has outgrown its limit, without measuring it after every change. */
interface SizeGuard {
  /** True when the state is larger than allowed and larger than it was at the last look; what shrinks it may pass. */
  hasOutgrown(): boolean
}

interface SizeGuardOptions {
  readonly maxChars: number
  /** Length of the state's JSON now; called only when what has been added could make it too large. */
  readonly measure: () => number
}

export function createSizeGuard(doc: Y.Doc, { maxChars, measure }: SizeGuardOptions): SizeGuard {
  let measured = measure()
  let addedBytes = 0
  doc.on('update', (update: Uint8Array) => {
    addedBytes += update.byteLength
  })
  return {
    hasOutgrown: () => {
      if (measured + addedBytes * MAX_CHARS_PER_BYTE <= maxChars) return false
      const before = measured
      measured = measure()
      addedBytes = 0
      return measured > maxChars && measured > before
    },
  }
}
