import { NexusError, type UpdateLog } from '@nexus/core'

/** A log whose appends and reads can be held, or refused as in an outage, in front of the real one. */
export interface GatedLog extends UpdateLog {
  /** From now on appends wait, and have not happened, until `open`. */
  holdAppends(): void
  /** From now on everything is refused as unavailable until `open`. */
  goAway(): void
  open(): void
  /** Appends that were let through to the real log. */
  readonly appendCount: number
}

export function createGatedLog(log: UpdateLog): GatedLog {
  let gate: PromiseWithResolvers<void> | null = null
  let isAway = false
  let appendCount = 0
  const check = (): void => {
    if (isAway) throw new NexusError('unavailable', 'The log is away.')
  }
  return {
    holdAppends: () => {
      gate ??= Promise.withResolvers()
    },
    goAway: () => {
      isAway = true
    },
    open: () => {
      isAway = false
      gate?.resolve()
      gate = null
    },
    get appendCount() {
      return appendCount
    },
    append: async (batch) => {
      await gate?.promise
      check()
      appendCount += 1
      return log.append(batch)
    },
    appendAll: async (batch) => {
      check()
      return log.appendAll(batch)
    },
    create: (documents) => log.create(documents),
    heads: async (documents) => {
      check()
      return log.heads(documents)
    },
    read: async (document, version) => {
      check()
      return log.read(document, version)
    },
    readTail: async (document, range) => {
      check()
      return log.readTail(document, range)
    },
    versionAt: (document, at) => log.versionAt(document, at),
    tailSize: async (document) => {
      check()
      return log.tailSize(document)
    },
    saveCheckpoint: async (document, checkpoint) => {
      check()
      await log.saveCheckpoint(document, checkpoint)
    },
  }
}
