import type { DocumentRecord } from '@nexus/core'

/** Below this a tail is not worth a checkpoint, bytes. */
const SMALL_TAIL_BYTES = 2_000
/** A tail of more updates than this is slow to open, however small they are. */
const LONG_TAIL_UPDATES = 300
/** For large documents the count rises: one checkpoint byte is written per edit and this many bytes, at most. */
const CHECKPOINT_BYTES_PER_UPDATE = 4_000

/** How much of a document's log lies behind its newest checkpoint. */
export interface Tail {
  /** Bytes of the newest checkpoint known here and of the updates after it; never less than the document needs. */
  readonly documentBytes: number
  /**
   * The tail outweighs the checkpoint, or is long. Writing checkpoints at these moments keeps their total size
   * proportional to what was edited.
   */
  readonly isCheckpointDue: boolean
  add(updateBytes: number): void
  /** A checkpoint of everything added so far is being written. */
  startOver(checkpointBytes: number): void
  /** The document's true size was measured. */
  measured(bytes: number): void
}

export function createTail(record: DocumentRecord): Tail {
  let checkpointBytes = record.checkpoint?.state.byteLength ?? 0
  let tailUpdates = record.tail.length
  let tailBytes = record.tail.reduce((sum, { update }) => sum + update.byteLength, 0)
  let documentBytes = checkpointBytes + tailBytes
  return {
    get documentBytes() {
      return documentBytes
    },
    get isCheckpointDue() {
      const isHeavy = tailBytes > Math.max(checkpointBytes, SMALL_TAIL_BYTES)
      const isLong = tailUpdates > Math.max(LONG_TAIL_UPDATES, checkpointBytes / CHECKPOINT_BYTES_PER_UPDATE)
      return isHeavy || isLong
    },
    add: (updateBytes) => {
      tailUpdates += 1
      tailBytes += updateBytes
      documentBytes += updateBytes
    },
    startOver: (bytes) => {
      checkpointBytes = bytes
      documentBytes = bytes
      tailUpdates = 0
      tailBytes = 0
    },
    measured: (bytes) => {
      documentBytes = bytes
    },
  }
}
