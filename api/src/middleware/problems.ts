import { ERRORS, isNexusError, NexusError } from '@nexus/core'
import type { Logger } from '@nexus/core/server'
import { isUnavailable } from '@nexus/core/sql'
import type { ErrorRequestHandler, RequestHandler, Response } from 'express'
import { requestIdOf } from './request-context.ts'

/** What a client is asked to wait before it tries again, in seconds. */
const RETRY_AFTER_S: Partial<Record<number, number>> = { 429: 10, 503: 2 }

/** Everything no route knows. */
export const unknownRoute: RequestHandler = (request) => {
  throw new NexusError('not_found', `There is nothing at ${request.path.slice(0, 200)}.`)
}

/** Answers every failure with one shape: RFC 9457, `application/problem+json`. */
export function createProblemHandler(logger: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) {
      next(error)
      return
    }
    const problem = toNexusError(error)
    if (problem.status >= 500) {
      logger.error({ err: error, requestId: requestIdOf(request), code: problem.code }, 'a request failed')
    }
    answerProblem(response, problem, requestIdOf(request))
  }
}

function answerProblem(response: Response, problem: NexusError, requestId: string): void {
  const { status, code, details } = problem
  const retryAfter = details.retryAfter ?? RETRY_AFTER_S[status]
  if (retryAfter !== undefined) response.setHeader('retry-after', String(retryAfter))
  if (status === 401) response.setHeader('www-authenticate', 'Bearer')
  const body = {
    ...details,
    type: `urn:nexus:problem:${code}`,
    title: ERRORS[code].title,
    status,
    code,
    detail: code === 'internal' ? ERRORS.internal.title : problem.message,
    requestId,
  }
  response.removeHeader('etag')
  response.setHeader('cache-control', 'no-store')
  response.status(status).type('application/problem+json').send(JSON.stringify(body))
}

function toNexusError(error: unknown): NexusError {
  if (isNexusError(error)) return error
  // First: a client that goes away in the middle of its body has the code of a lost connection too.
  const refused = fromBodyParser(error)
  if (refused !== null) return refused
  const code = isUnavailable(error) ? 'unavailable' : 'internal'
  return new NexusError(code, ERRORS[code].title, { cause: error })
}

/** Errors of Express and its body parser carry an HTTP status, and a `type` where it matters. */
function fromBodyParser(error: unknown): NexusError | null {
  if (!(error instanceof Error) || !('status' in error)) return null
  const type = 'type' in error ? error.type : null
  if (type === 'entity.parse.failed') return new NexusError('malformed_json', 'The body is not valid JSON.')
  if (error.status === 413) return bodyTooLarge('limit' in error ? error.limit : null)
  if (error.status === 415) return new NexusError('unsupported_media_type', error.message)
  if (error.status === 400) return new NexusError('bad_request', 'The request cannot be understood.')
  return null
}

/** The body parser says which number of bytes has been exceeded. */
function bodyTooLarge(limit: unknown): NexusError {
  if (typeof limit !== 'number') return new NexusError('payload_too_large', 'The body is too large.')
  return new NexusError('payload_too_large', `The body is larger than ${limit} bytes.`, {
    details: { limit },
  })
}
