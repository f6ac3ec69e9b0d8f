import { NexusError } from '../model/errors.ts'

/**
 * SQLSTATE codes that are no fault of the statement: the same one may succeed later, so an edit is kept and retried.
 * Two letters stand for the whole class.
 */
const UNAVAILABLE_SQLSTATES: Record<string, string> = {
  '08': 'connection exception',
  '28': 'login refused (a password being rotated)',
  '53': 'out of disk, memory or connections',
  '57': 'shut down, starting up, or the statement timed out',
  '58': 'input/output error of the server',
  '25006': 'read-only: a standby, in the middle of a failover',
  '25P02': 'the transaction around the statement has failed before',
  '25P03': 'the transaction was idle too long',
  '26000': 'a prepared statement is gone: a pooler gave the connection to others meanwhile',
  '3D000': 'the database does not exist (yet)',
  '40001': 'serialization failure',
  '40P01': 'deadlock',
  '42P01': 'a table is missing: migrations have not run',
  '42703': 'a column is missing: migrations have not run',
  '55P03': 'a lock was not to be had in time',
}

/** SQLSTATE of a feature that is missing, and of this one, for which it is no fault of the statement. */
const FEATURE_SQLSTATE = '0A000'
const PLAN_IS_STALE = /^cached plan must not change result type/

/** `code` of Node's network errors. */
const UNAVAILABLE_NETWORK = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
])

/** Errors of the drivers that have no code. */
const UNAVAILABLE_MESSAGES = [
  /^Connection terminated/,
  /^timeout exceeded when trying to connect/,
  /^timeout expired/,
  /^Query read timeout/,
  /^Client has encountered a connection error/,
  /^Client was closed and is not queryable/,
  /^Cannot use a pool after calling end/,
  /^The server does not support SSL/,
  /^PGlite is clos(ed|ing)/,
  /^driver has already been destroyed/,
]

/** True when `error` says the database cannot be reached or cannot work now, not that the statement is wrong. */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error && typeof error.code === 'string' ? error.code : null
  if (code === null) return UNAVAILABLE_MESSAGES.some((pattern) => pattern.test(error.message))
  if (code === FEATURE_SQLSTATE) return PLAN_IS_STALE.test(error.message)
  return Object.hasOwn(UNAVAILABLE_SQLSTATES, code) || isSqlStateClass(code) || UNAVAILABLE_NETWORK.has(code)
}

/** True when a statement that was prepared on a connection can never run on it again: a migration or a pooler was there. */
export function isPreparedStatementLost(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false
  return error.code === '26000' || (error.code === FEATURE_SQLSTATE && PLAN_IS_STALE.test(error.message))
}

const isSqlStateClass = (code: string): boolean =>
  /^[0-9A-Z]{5}$/.test(code) && Object.hasOwn(UNAVAILABLE_SQLSTATES, code.slice(0, 2))

/**
 * Runs `work` and translates failures of the connection.
 *
 * @throws {NexusError} `unavailable`, with the driver's error as `cause`. Other errors pass unchanged.
 */
export async function orUnavailable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!isUnavailable(error)) throw error
    throw new NexusError('unavailable', 'The database cannot be reached at the moment; try again.', {
      cause: error,
    })
  }
}
