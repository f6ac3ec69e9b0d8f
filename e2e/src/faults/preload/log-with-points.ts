import { type AppendEntry, NexusError, type UpdateLog } from '@nexus/core'
import { reach } from './reach.ts'

/** The real log with points at which the harness can hold its caller. */
export function withPoints(log: UpdateLog): UpdateLog {
  const appendWithPoints = async <T>(batch: readonly AppendEntry[], append: () => Promise<T>): Promise<T> => {
    const documents = batch.map(({ document }) => document)
    await reach('before append', documents)
    const outcome = await append()
    const answer = await reach('after commit before ack', documents)
    if (answer === 'arrives') return outcome
    throw new NexusError('unavailable', 'The database was killed after the commit, before its answer.')
  }
  return {
    ...log,
    append: (batch) => appendWithPoints(batch, () => log.append(batch)),
    appendAll: (batch) => appendWithPoints(batch, () => log.appendAll(batch)),
    read: async (document, version) => {
      if (version === undefined) await reach('during open', [document])
      return log.read(document, version)
    },
    saveCheckpoint: async (document, checkpoint) => {
      await reach('during checkpoint', [document])
      await log.saveCheckpoint(document, checkpoint)
    },
  }
}
