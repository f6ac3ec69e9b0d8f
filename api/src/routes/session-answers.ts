import type { SignedInView, UserView, WorkspaceView } from '@nexus/core/http-contract'
import type { Request } from 'express'
import type { SignedIn, User } from '../accounts/accounts.ts'
import type { Visitor } from '../accounts/sessions.ts'
import { clientAddressOf } from '../middleware/client-address.ts'

export const userView = ({ id, email, name, plan, emailVerified, hasPassword }: User): UserView => ({
  id,
  email,
  name,
  plan,
  emailVerified,
  hasPassword,
})

/** What is answered to somebody who has just signed in. */
export function signedInView(made: {
  readonly request: Request
  readonly signedIn: SignedIn
  readonly workspace: WorkspaceView | null
}): SignedInView {
  const { user, accessToken, expiresIn, sessionToken } = made.signedIn
  const view = { user: userView(user), accessToken, expiresIn, workspace: made.workspace }
  return made.request.get('x-client') === 'api' ? { ...view, sessionToken } : view
}

/** What is kept about a session that begins with this request. */
export const visitorOf = (request: Request): Visitor => ({
  ipAddress: clientAddressOf(request),
  userAgent: request.get('user-agent') ?? null,
})
