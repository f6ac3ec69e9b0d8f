import type { DocumentName, UpdateLog } from '@nexus/core'
import type { Logger } from '@nexus/core/server'
import type { Db } from '@nexus/core/sql'
import { type FullHistoryDays, findOld } from './find-old.ts'
import { thinDocument } from './thin-document.ts'

interface ThinningParts {
  readonly db: Db
  readonly log: UpdateLog
  readonly logger: Logger
  readonly days: FullHistoryDays
}

export interface Thinning {
  /** Thins what has grown old. Never rejects: what fails, and what is left when it is stopped, is tried next time. */
  run(): Promise<void>
  /** Stops as soon as what it has begun is committed. */
  stop(): void
}

/** Keeps the log from growing for ever: old history becomes coarser, as the plan of the workspace's owner has it. */
export function createThinning({ logger, days, ...parts }: ThinningParts): Thinning {
  const stopping = new AbortController()
  const { signal } = stopping

  const thinAll = async (): Promise<number> => {
    let removed = 0
    let last: DocumentName | null = null
    for (;;) {
      const found = await findOld(parts.db, days, last ?? '')
      for (const old of found) {
        if (signal.aborted) return removed
        last = old.document
        try {
          removed += await thinDocument({ ...parts, signal }, old)
        } catch (error) {
          logger.warn({ err: error, document: old.document }, 'a history could not be thinned')
        }
      }
      if (found.length === 0) return removed
    }
  }

  return {
    run: async () => {
      try {
        const removed = await thinAll()
        if (removed > 0) logger.info({ removed }, 'old history was thinned')
      } catch (error) {
        logger.warn({ err: error }, 'the database cannot be asked for old history')
      }
    },
    stop: () => stopping.abort(),
  }
}
