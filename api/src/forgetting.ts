import type { Clock, Receipts } from '@nexus/core'
import type { Logger } from '@nexus/core/server'
import type { Db } from '@nexus/core/sql'
import { forgetSnapshotRequests } from './use-cases/snapshots.ts'

/** How long a request can be sent again under its Idempotency-Key, ms. */
const RECEIPTS_KEPT_MS = 24 * 3_600_000
const INTERVAL_MS = 600_000

/** Throws away, from time to time, what was kept for a while only. */
export function createForgetting(
  { db, receipts, clock }: { readonly db: Db; readonly receipts: Receipts; readonly clock: Clock },
  logger: Logger,
) {
  let timer: NodeJS.Timeout | null = null
  const forget = (): void => {
    const before = new Date(clock.now().getTime() - RECEIPTS_KEPT_MS)
    Promise.all([receipts.forget(before), forgetSnapshotRequests(db, before)]).catch((error: unknown) => {
      logger.debug({ err: error }, 'old receipts could not be thrown away; trying again')
    })
  }
  return {
    begin: () => {
      forget()
      timer = setInterval(forget, INTERVAL_MS).unref()
    },
    end: () => {
      if (timer !== null) clearInterval(timer)
    },
  }
}
