import type { Logger } from '@nexus/core/server'
import { forgetAccountTokens } from './accounts/account-tokens.ts'
import type { ApiParts } from './parts.ts'
import { forgetTakenAnswers } from './sso/taken-answers.ts'
import { forgetAudit } from './use-cases/audit.ts'
import { forgetInvitations } from './use-cases/invitations.ts'
import { purgeDeleted } from './use-cases/purge.ts'
import { purgeAccounts } from './use-cases/purge-accounts.ts'
import { forgetSnapshotRequests } from './use-cases/snapshots.ts'

/** How long a request can be sent again under its Idempotency-Key, ms. */
const RECEIPTS_KEPT_MS = 24 * 3_600_000
const DAY_MS = 86_400_000
const INTERVAL_MS = 600_000

/** Throws away, from time to time, what was kept for a while only. */
export function createForgetting(
  {
    db,
    receipts,
    accounts,
    clock,
    options,
  }: Pick<ApiParts, 'db' | 'receipts' | 'accounts' | 'clock' | 'options'>,
  logger: Logger,
) {
  let timer: NodeJS.Timeout | null = null
  const forget = (): void => {
    const now = clock.now()
    const before = new Date(now.getTime() - RECEIPTS_KEPT_MS)
    Promise.all([
      receipts.forget(before),
      forgetSnapshotRequests(db, before),
      forgetInvitations(db, now),
      purgeDeleted(db, new Date(now.getTime() - options.DELETED_DAYS * DAY_MS)),
      forgetAudit(db, new Date(now.getTime() - options.AUDIT_DAYS * DAY_MS)),
      forgetAccountTokens(db, now),
      forgetTakenAnswers(db, now),
      purgeAccounts(db, now),
      accounts.rotateKeys(),
    ]).catch((error: unknown) => {
      logger.debug({ err: error }, 'what is old could not be thrown away; trying again')
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
