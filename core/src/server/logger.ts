import { type Logger, pino } from 'pino'

export type { Logger }

export const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug'] as const
type LogLevel = (typeof LOG_LEVELS)[number]

/** Members that never reach a log line, whatever object they are logged with. */
const SECRET_MEMBERS = [
  'authorization',
  'cookie',
  'password',
  'token',
  'accessToken',
  'sessionToken',
  'secret',
]

/** One JSON object a line on standard output; `service` names the part of the product that speaks. */
export function createLogger(options: { readonly service: string; readonly level: LogLevel }): Logger {
  return pino({
    level: options.level,
    base: { service: options.service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: {
      paths: SECRET_MEMBERS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
      censor: '[secret]',
    },
  })
}
