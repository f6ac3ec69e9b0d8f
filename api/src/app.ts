import {
  type Clock,
  type CommitDiffs,
  type Fanout,
  type NodeId,
  type StateCache,
  systemClock,
  type UpdateLog,
} from '@nexus/core'
import {
  allowedOriginsIn,
  createAccess,
  createCredentials,
  createDatabaseProbe,
  createUnreadMetrics,
  type Health,
  type Logger,
  type Metrics,
  type Service,
} from '@nexus/core/server'
import { createSqlReceipts, type Db } from '@nexus/core/sql'
import express, { type Express } from 'express'
import { createAccounts } from './accounts/accounts.ts'
import { createPasswords } from './accounts/passwords.ts'
import { createBackgroundWork } from './background-work.ts'
import { type ApiOptions, apiFallbacks } from './config.ts'
import { createForgetting } from './forgetting.ts'
import { type OpenMailer, type OwnMachine, openMailer } from './mail/open-mailer.ts'
import { createAuthLimits } from './middleware/auth-limits.ts'
import { createAuthenticate, createAuthenticateStream } from './middleware/authenticate.ts'
import { createJsonBody } from './middleware/json-body.ts'
import { createProblemHandler, unknownRoute } from './middleware/problems.ts'
import { requestContext } from './middleware/request-context.ts'
import { createRequestLog } from './middleware/request-log.ts'
import { createRequestMetrics } from './middleware/request-metrics.ts'
import { securityHeaders } from './middleware/security-headers.ts'
import { createWriteLimit } from './middleware/write-limit.ts'
import type { ApiParts } from './parts.ts'
import { createReplicas } from './replicas/replicas.ts'
import { createAccountRoutes } from './routes/account-routes.ts'
import { createAuthRoutes } from './routes/auth-routes.ts'
import { createBatchRoutes } from './routes/batch-routes.ts'
import { createDeletedRoutes } from './routes/deleted-routes.ts'
import { createDocsRoutes } from './routes/docs-routes.ts'
import { createEmailRoutes } from './routes/email-routes.ts'
import { createEventRoutes } from './routes/event-routes.ts'
import { createInvitationRoutes } from './routes/invitation-routes.ts'
import { createKeyRoutes } from './routes/key-routes.ts'
import { createLibraryRoutes } from './routes/library-routes.ts'
import { createMemberRoutes } from './routes/member-routes.ts'
import { createPanelRoutes } from './routes/panel-routes.ts'
import { createPasswordRoutes } from './routes/password-routes.ts'
import { createSessionRoutes } from './routes/session-routes.ts'
import { createSnapshotRoutes } from './routes/snapshot-routes.ts'
import { createSsoRoutes } from './routes/sso-routes.ts'
import { createStateRoutes } from './routes/state-routes.ts'
import { createWellKnownRoutes } from './routes/well-known-routes.ts'
import { createWorkspaceRoutes } from './routes/workspace-routes.ts'
import { createSsoProvider } from './sso/provider.ts'
import { createStateSockets } from './subscriptions/state-sockets.ts'
import { createSubscriptions } from './subscriptions/subscriptions.ts'
import { createTurns, type Turns } from './turns.ts'
import { createUnderWay } from './under-way.ts'

export { API_OPTIONS, API_PROCESS_OPTIONS, type ApiOptions } from './config.ts'

interface CreateApiOptions {
  readonly db: Db
  readonly log: UpdateLog
  readonly fanout: Fanout
  /** Sender of our announcements. */
  readonly nodeId: NodeId
  /** `AUTH_SECRET` must be given; the rest has the fallbacks of {@link API_OPTIONS}. */
  readonly options: Pick<ApiOptions, 'AUTH_SECRET'> & Partial<ApiOptions>
  readonly logger: Logger
  readonly metrics?: Metrics
  /** What other processes have built; `null`: there are none. Theirs to close who opened it. */
  readonly states?: StateCache | null
  /** `null`: nobody has said where the repositories are. */
  readonly commitDiffs?: CommitDiffs | null
  /** Only where nothing else runs on other machines. */
  readonly ownMachine?: OwnMachine | null
  readonly overrides?: {
    readonly clock?: Clock
    /** How long a request waits for the snapshot worker. */
    readonly snapshotWaitMs?: number
  }
}

/** More are refused: those who asked first would not wait for their answers that long. */
const MAX_WAITING_PAST_READS = 500
const MAX_WAITING_PAST_READS_PER_USER = 100
const SNAPSHOT_WAIT_MS = 10_000

/**
 * The REST interface: `/api/*` and `/.well-known/jwks.json`, where every answer from 400 on is a problem document; and
 * subscriptions on `/ws/state/*`.
 */
export async function createApi(given: CreateApiOptions): Promise<Service> {
  const mailer = openMailer({
    options: { ...apiFallbacks(), ...given.options },
    ownMachine: given.ownMachine ?? null,
    logger: given.logger,
    metrics: given.metrics ?? createUnreadMetrics(),
  })
  const background = createBackgroundWork(given.logger)
  const parts = await createParts(given, { mailer, inBackground: background.begin })
  const app = createApp(parts, given.logger)
  const stateSockets = createStateSockets({
    ...parts,
    maxPerUser: parts.options.MAX_SUBSCRIPTIONS_PER_USER,
    allowedOrigins: allowedOriginsIn(parts.options),
    onError: (error) => given.logger.warn({ err: error }, 'a subscription could not be begun'),
  })
  parts.metrics.gauge(
    { name: 'nexus_subscriptions', help: 'Panels that clients listen to over SSE and WebSocket.' },
    () => parts.subscriptions.count,
  )
  const forgetting = createForgetting(parts, given.logger)
  const underWay = createUnderWay()
  const probeDatabase = createDatabaseProbe(given.db)
  return {
    name: 'api',
    handleRequest: (request, response) => {
      underWay.begin()
      response.once('close', underWay.end)
      app(request, response)
    },
    handleUpgrade: stateSockets.handleUpgrade,
    start: async () => {
      await parts.accounts.start()
      forgetting.begin()
    },
    drain: async () => {
      stateSockets.close()
      parts.subscriptions.close()
      await underWay.none()
      await background.none()
      await mailer.drain()
    },
    health: () => healthOf(parts.fanout, mailer, probeDatabase),
    [Symbol.asyncDispose]: async () => {
      stateSockets.close()
      parts.subscriptions.close()
      forgetting.end()
      mailer.close()
      await parts.passwords.close()
      await parts.replicas.close()
    },
  }
}

async function createParts(
  { db, log, fanout, nodeId, ...given }: CreateApiOptions,
  { mailer, inBackground }: Pick<ApiParts, 'mailer' | 'inBackground'>,
): Promise<ApiParts> {
  const options: ApiOptions = { ...apiFallbacks(), ...given.options }
  const clock = given.overrides?.clock ?? systemClock
  const metrics = given.metrics ?? createUnreadMetrics()
  const credentials = createCredentials({ db, fanout, clock })
  const passwords = createPasswords({ maxAtOnce: options.MAX_PASSWORD_CHECKS })
  const access = createAccess({ db })
  const receipts = createSqlReceipts(db)
  const replicas = createReplicas({
    log,
    receipts,
    fanout,
    nodeId,
    onError: (error) => given.logger.warn({ err: error }, 'the log could not be read or written'),
    maxReplicas: options.MAX_REPLICAS,
    maxCachedChars: options.MAX_CACHED_CHARS,
    changeLimits: { maxStateChars: options.MAX_STATE_CHARS, maxUpdateBytes: options.MAX_UPDATE_BYTES },
    states: given.states ?? null,
    metrics,
  })
  return {
    metrics,
    ...credentials,
    db,
    log,
    fanout,
    clock,
    options,
    mailer,
    inBackground,
    passwords,
    authLimits: createAuthLimits(options, clock),
    sso: createSsoProvider(options, clock),
    accounts: await createAccounts({
      db,
      secret: options.AUTH_SECRET,
      passwords,
      clock,
      signingKeyDays: options.SIGNING_KEY_DAYS,
    }),
    access,
    receipts,
    replicas,
    subscriptions: createSubscriptions({
      log,
      fanout,
      access,
      replicas,
      options,
      // Their own: who comes back after a lost connection does not wait for histories.
      replays: turnsOf(options),
      liveCredentials: credentials.liveCredentials,
      onError: (error) => given.logger.debug({ err: error }, 'a subscription is behind; trying again'),
    }),
    commitDiffs: given.commitDiffs ?? null,
    snapshotWaitMs: given.overrides?.snapshotWaitMs ?? SNAPSHOT_WAIT_MS,
    authenticate: createAuthenticate(credentials, createWriteLimit(options, clock)),
    authenticateStream: createAuthenticateStream(credentials),
    pastReads: turnsOf(options),
    jsonBody: createJsonBody({ maxBytes: options.MAX_BODY_BYTES, maxDepth: options.MAX_JSON_DEPTH }),
  }
}

const turnsOf = ({ MAX_PAST_READS }: ApiOptions): Turns =>
  createTurns({
    maxRunning: MAX_PAST_READS,
    maxRunningPerUser: Math.ceil(MAX_PAST_READS / 2),
    maxWaiting: MAX_WAITING_PAST_READS,
    maxWaitingPerUser: MAX_WAITING_PAST_READS_PER_USER,
  })

function createApp(parts: ApiParts, logger: Logger): Express {
  const app = express()
  app.disable('x-powered-by')
  // Only states have tags, and theirs are versions.
  app.disable('etag')
  app.set('trust proxy', parts.options.TRUSTED_PROXIES)
  app.use(requestContext, createRequestLog(logger), createRequestMetrics(parts.metrics), securityHeaders)
  app.use('/.well-known', createWellKnownRoutes(parts))
  app.use('/api', createDocsRoutes(parts.options))
  app.use(
    '/api/auth',
    createAuthRoutes(parts),
    createPasswordRoutes(parts),
    createEmailRoutes(parts),
    createSessionRoutes(parts),
    createAccountRoutes(parts),
    createSsoRoutes(parts, logger),
  )
  app.use('/api/keys', createKeyRoutes(parts))
  // Before the workspaces: `deleted` stands where an id would.
  app.use(
    '/api/workspaces',
    createDeletedRoutes(parts),
    createWorkspaceRoutes(parts),
    createMemberRoutes(parts),
  )
  app.use('/api/invitations', createInvitationRoutes(parts))
  app.use('/api/panels', createPanelRoutes(parts))
  app.use('/api/library', createLibraryRoutes(parts))
  // Before the panels' states: `snapshot` and `batch` stand where a panel id would.
  app.use(
    '/api/state',
    createSnapshotRoutes(parts),
    createBatchRoutes(parts),
    createEventRoutes(parts),
    createStateRoutes(parts),
  )
  app.use(unknownRoute, createProblemHandler(logger))
  return app
}

async function healthOf(
  fanout: Fanout,
  mailer: OpenMailer,
  probeDatabase: () => Promise<string>,
): Promise<Health> {
  const database = await probeDatabase()
  return {
    // Without the fan-out everything works, only later.
    ready: database === 'ok',
    parts: {
      database,
      fanout: fanout.isHealthy() ? 'ok' : 'reconnecting',
      mail: mailer.condition,
    },
  }
}
