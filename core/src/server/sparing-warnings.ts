import type { Logger } from './logger.ts'

/** Least time between two lines about the same, ms. */
const PAUSE_MS = 10_000

/**
 * Warnings of what may come in floods: the first is told at once, then at most one every 10 s, which says how many were not.
 *
 * Of the error only name, code and message are told: drivers' errors carry commands and connections, passwords among them.
 */
export function createSparingWarnings(logger: Logger, sentence: string): (error: unknown) => void {
  let toldAt = Number.NEGATIVE_INFINITY
  let untold = 0
  return (error) => {
    const now = performance.now()
    if (now - toldAt < PAUSE_MS) {
      untold += 1
      return
    }
    logger.warn({ reason: reasonOf(error), untold }, sentence)
    toldAt = now
    untold = 0
  }
}

/** For the connections of a database pool, which all break at the same moment. */
export const createLostConnectionWarnings = (logger: Logger) =>
  createSparingWarnings(logger, 'a connection to PostgreSQL was lost; the next statement opens another one')

/** One line without anything the driver has attached. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  return [code, error.message].filter((text) => text !== '').join(': ')
}
