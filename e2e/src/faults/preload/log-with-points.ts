import { NexusError, type UpdateLog } from '@nexus/core'
import { reach } from './reach.ts'

/** The real log with points at which the harness can hold its caller. */
export function withPoints(log: UpdateLog): UpdateLog {
  return {
    ...log,
    append: async (batch) => {
      const documents = batch.map(({ document }) => document)
      await reach('before append', documents)
      const outcomes = await log.append(batch)
      const answer = await reach('after commit before ack', documents)
      if (answer === 'arrives') return outcomes
      throw new NexusError('unavailable', 'The database was killed after the commit, before its answer.')
    },
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
