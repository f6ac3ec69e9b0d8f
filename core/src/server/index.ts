export { type Access, createAccess, type DocumentAccess, type WorkspaceAccess } from './access.ts'
export {
  ACCESS_TOKEN_AUDIENCE,
  ACCESS_TOKEN_ISSUER,
  ACCESS_TOKEN_TTL_S,
  type AccessTokenVerifier,
  createAccessTokenVerifier,
  type VerifiedCaller,
} from './access-token-verifier.ts'
export { type ProcessOptions, PUBLIC_OPTIONS, processOptions } from './common-options.ts'
export { answerHealth } from './health-routes.ts'
export { type Listening, type ListenOptions, listen } from './listen.ts'
export { createLogger, LOG_LEVELS, type Logger, type LogLevel } from './logger.ts'
export {
  choiceOption,
  InvalidOptions,
  integerOption,
  type OptionSpec,
  type OptionsOf,
  type OptionTable,
  optionalTextOption,
  portOption,
  readOptions,
  textOption,
} from './options.ts'
export { type Running, type RunProcessOptions, runProcess } from './run-process.ts'
export { type RunServiceOptions, runService } from './run-service.ts'
export { runServiceProcess, type ServiceParts, type ServiceProgram } from './run-service-process.ts'
export type { Health, Service } from './service.ts'
