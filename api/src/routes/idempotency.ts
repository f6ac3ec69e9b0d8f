import { hash } from 'node:crypto'
import { NexusError, type Receipt } from '@nexus/core'
import type { Request } from 'express'
import { callerOf } from '../middleware/request-context.ts'

/** Visible ASCII, as a header can hold it. */
const KEY = /^[\x21-\x7e]{1,200}$/

/**
 * What `Idempotency-Key` asks for; `null` without it. Keys of different people, and for different panels, are different.
 *
 * @throws {NexusError} `validation_failed` for a key that is none.
 */
export function receiptOf(request: Request): Receipt | null {
  const key = request.get('idempotency-key')
  if (key === undefined) return null
  if (!KEY.test(key)) {
    throw new NexusError('validation_failed', 'An Idempotency-Key has 1 to 200 visible ASCII characters.')
  }
  const asked = [
    request.method,
    request.originalUrl,
    request.get('content-type') ?? '',
    request.get('if-match') ?? '',
  ]
  return {
    id: digest([callerOf(request).userId, key]),
    fingerprint: digest([...asked, JSON.stringify(request.body ?? null)]),
  }
}

const digest = (parts: readonly string[]): string => hash('sha256', JSON.stringify(parts))

/** Of an answer to a request that was carried out before. */
export const REPLAYED = 'idempotency-replayed'
