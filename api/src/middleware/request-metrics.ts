import type { Metrics } from '@nexus/core/server'
import type { RequestHandler } from 'express'
import { routeOf } from './request-context.ts'

/** From a state at hand to a request that waits for a database, s. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/** Counts requests and measures answers, by what they were to and not by whose: templates of paths, never paths. */
export function createRequestMetrics(metrics: Metrics): RequestHandler {
  const labels = ['method', 'route', 'status']
  const count = metrics.counter({
    name: 'nexus_http_requests_total',
    help: 'Requests by template of the path; the status "gone": the client did not wait for the end.',
    labels,
  })
  const observe = metrics.histogram({
    name: 'nexus_http_request_duration_seconds',
    help: 'Time to the end of the answer; event streams, which are open for hours, aside.',
    labels,
    buckets: BUCKETS,
  })
  return (request, response, next) => {
    const startedAt = performance.now()
    response.once('close', () => {
      const isFinished = response.writableFinished
      const values = {
        method: METHODS.has(request.method) ? request.method : 'other',
        route: routeOf(request) ?? 'unknown',
        status: isFinished ? `${Math.floor(response.statusCode / 100)}xx` : 'gone',
      }
      count(values)
      const isStream = response.getHeader('content-type')?.toString().startsWith('text/event-stream') === true
      if (isFinished && !isStream) observe((performance.now() - startedAt) / 1_000, values)
    })
    next()
  }
}
