export { type Access, createAccess, type DocumentAccess, type WorkspaceAccess } from './access.ts'
export {
  ACCESS_TOKEN_AUDIENCE,
  ACCESS_TOKEN_ISSUER,
  ACCESS_TOKEN_TTL_S,
  type AccessTokenVerifier,
  createAccessTokenVerifier,
} from './access-token-verifier.ts'
export { API_KEY_PREFIX, hashApiKey } from './api-key-verifier.ts'
export { credentialOf, type Grantee, type KeyGrant, requireScope, type VerifiedCaller } from './caller.ts'
export { closeInTime } from './close-in-time.ts'
export { PUBLIC_OPTIONS, processOptions } from './common-options.ts'
export { createDatabaseProbe } from './database-probe.ts'
export { answerHealth } from './health-routes.ts'
export { listen } from './listen.ts'
export type { LiveCredentials } from './live-credentials.ts'
export { createLogger, LOG_LEVELS, type Logger } from './logger.ts'
export { createMetricsRegistry, createUnreadMetrics, type Metrics, type MetricsRegistry } from './metrics.ts'
export { answerMetrics } from './metrics-route.ts'
export { measureFanout, openFanout } from './open-fanout.ts'
export { openStateCache } from './open-state-cache.ts'
export {
  choiceOption,
  InvalidOptions,
  integerOption,
  type OptionsOf,
  type OptionTable,
  optionalTextOption,
  portOption,
  readOptions,
  textOption,
} from './options.ts'
export { allowedOriginsIn, isOriginAllowed } from './origins.ts'
export { createQueueMetrics } from './queue-metrics.ts'
export { type Running, runProcess } from './run-process.ts'
export { runServiceProcess } from './run-service-process.ts'
export type { Health, Service } from './service.ts'
export { createLostConnectionWarnings } from './sparing-warnings.ts'
export { type Credentials, createCredentials, verifyCaller } from './verify-caller.ts'
