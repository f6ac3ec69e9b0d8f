import type { Logger } from '@nexus/core/server'
import type { RequestHandler } from 'express'
import { knownCallerOf, requestIdOf } from './request-context.ts'

/** One line per request, when its answer is out or its client is gone. Never query strings, headers or bodies. */
export const createRequestLog =
  (logger: Logger): RequestHandler =>
  (request, response, next) => {
    const startedAt = performance.now()
    response.once('close', () => {
      const line = {
        requestId: requestIdOf(request),
        method: request.method,
        path: request.originalUrl.split('?')[0],
        status: response.writableFinished ? response.statusCode : null,
        durationMs: Math.round((performance.now() - startedAt) * 10) / 10,
        userId: knownCallerOf(request)?.userId ?? null,
      }
      if (response.writableFinished) logger.info(line, 'request')
      else logger.info(line, 'the client went away')
    })
    next()
  }
