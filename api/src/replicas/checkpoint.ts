import type { DocumentName, UpdateLog } from '@nexus/core'
import * as Y from 'yjs'
import type { Replica } from './replica.ts'

interface CheckpointParts {
  readonly log: Pick<UpdateLog, 'tailSize' | 'saveCheckpoint'>
  readonly document: DocumentName
  readonly onError: (error: unknown) => void
}

/**
 * Writes a checkpoint when the tail of the log has become heavy and nobody else has written one. Programs may be the only
 * ones that change a document, and it shall open fast all the same. Never throws: without it nothing is lost.
 */
export async function saveCheckpointIfDue(
  { log, document, onError }: CheckpointParts,
  replica: Replica,
): Promise<void> {
  const { tail } = replica
  if (!tail.isCheckpointDue || !replica.isExact) return
  try {
    const size = await log.tailSize(document)
    if (size === null) return
    tail.correct(size)
    if (!tail.isCheckpointDue) return
    const { version } = replica
    const state = Y.encodeStateAsUpdate(replica.doc)
    tail.startOver(state.byteLength)
    await log.saveCheckpoint(document, { version, state })
  } catch (error) {
    onError(error)
  }
}
