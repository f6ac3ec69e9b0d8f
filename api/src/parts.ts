import type { Clock, CommitDiffs, Fanout, Receipts, UpdateLog } from '@nexus/core'
import type { Access, Credentials, Metrics } from '@nexus/core/server'
import type { Db } from '@nexus/core/sql'
import type { RequestHandler } from 'express'
import type { Accounts } from './accounts/accounts.ts'
import type { Passwords } from './accounts/passwords.ts'
import type { InBackground } from './background-work.ts'
import type { ApiOptions } from './config.ts'

import type { Mailer } from './mail/mailer.ts'
import type { AuthLimits } from './middleware/auth-limits.ts'
import type { JsonBody } from './middleware/json-body.ts'
import type { Replicas } from './replicas/replicas.ts'
import type { SsoProvider } from './sso/provider.ts'
import type { Subscriptions } from './subscriptions/subscriptions.ts'
import type { Turns } from './turns.ts'

/** What routes are made of. */
export interface ApiParts extends Credentials {
  readonly db: Db
  readonly log: UpdateLog
  readonly receipts: Receipts
  readonly fanout: Fanout
  readonly clock: Clock
  readonly metrics: Metrics
  readonly options: ApiOptions
  readonly accounts: Accounts
  readonly passwords: Passwords
  readonly authLimits: AuthLimits
  /** `null`: people sign in with passwords only. */
  readonly sso: SsoProvider | null
  readonly mailer: Mailer
  readonly inBackground: InBackground
  readonly access: Access
  readonly replicas: Replicas
  readonly snapshotWaitMs: number
  /** `null`: nobody has said where the repositories are. */
  readonly commitDiffs: CommitDiffs | null
  /** Refuses requests without a valid access token. */
  readonly authenticate: RequestHandler
  /** The same for answers that stay open. */
  readonly authenticateStream: RequestHandler
  readonly subscriptions: Subscriptions
  readonly jsonBody: JsonBody
  /** For what reads the past, which costs much. */
  readonly pastReads: Turns
}
