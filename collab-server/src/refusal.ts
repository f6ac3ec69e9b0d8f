import { CLOSE_CODES, type ErrorCode, isNexusError } from '@nexus/core'

/**
 * Thrown out of a hook to say no. Hocuspocus sends `reason` to the client and prints only errors that have a message,
 * so this one has none.
 */
export class Refusal extends Error {
  readonly reason: ErrorCode
  readonly code: number

  constructor(reason: ErrorCode, code: number = CLOSE_CODES.resetConnection) {
    super('')
    this.name = 'Refusal'
    // An answer, not a defect: the line Hocuspocus prints for some of them shall stay one line.
    delete this.stack
    this.reason = reason
    this.code = code
  }
}

/** What a client is told about a failure: our own codes as they are, everything else (a database error) as passing. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error
  return new Refusal(isNexusError(error) ? error.code : 'unavailable')
}
