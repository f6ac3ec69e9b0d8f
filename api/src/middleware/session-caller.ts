import { NexusError, type UserId } from '@nexus/core'
import type { Request } from 'express'
import { callerOf } from './request-context.ts'

/**
 * Who asks, for what only people may do to their own account.
 *
 * @throws {NexusError} `forbidden` when the access token was made from no session, such as an API key.
 */
export function sessionCallerOf(request: Request): { readonly userId: UserId; readonly sessionId: string } {
  const { userId, sessionId } = callerOf(request)
  if (sessionId === null) throw new NexusError('forbidden', 'Only somebody who has signed in can do this.')
  return { userId, sessionId }
}
