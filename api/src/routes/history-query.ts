import { toUserId } from '@nexus/core'
import { DEFAULT_HISTORY_LIMIT, historyQuery } from '@nexus/core/http-contract'
import type { Request } from 'express'
import { parseQuery } from '../middleware/parse.ts'
import type { HistoryQuery } from '../use-cases/history-rows.ts'

/** Every change, the newest of them. */
export const WHOLE_HISTORY: HistoryQuery = {
  limit: DEFAULT_HISTORY_LIMIT,
  offset: 0,
  since: null,
  until: null,
  triggeredBy: null,
  userId: null,
}

/** @throws {NexusError} `validation_failed`. */
export function parseHistoryQuery(request: Request): HistoryQuery {
  const { limit, offset, since, until, triggeredBy, userId } = parseQuery(historyQuery, request)
  return {
    limit,
    offset,
    since: since === undefined ? null : new Date(since),
    until: until === undefined ? null : new Date(until),
    triggeredBy: triggeredBy ?? null,
    userId: userId === undefined ? null : toUserId(userId),
  }
}
