import { NexusError } from '../model/errors.ts'
import type { UserId, WorkspaceId } from '../model/ids.ts'
import { includesScope, type Scope } from '../model/scope.ts'

/** What an API key may be used for, in the name of its owner. */
export interface KeyGrant {
  readonly id: string
  readonly scopes: readonly Scope[]
  /** `null`: all workspaces its owner may see, also later ones. */
  readonly workspaceIds: readonly WorkspaceId[] | null
}

/** Who presents a valid access token or API key. */
export interface VerifiedCaller {
  readonly userId: UserId
  readonly name: string
  /** The session the access token was made from; `null` for keys, and for tokens that have none. */
  readonly sessionId: string | null
  /** `null`: the person themselves. */
  readonly key: KeyGrant | null
  /** {@link NEVER} for a key without an end. */
  readonly expiresAt: Date
}

/** The latest moment a `Date` can name. */
export const NEVER = new Date(8.64e15)

/** Whose rights are asked for, and by what. */
export type Grantee = Pick<VerifiedCaller, 'userId' | 'key'>

/** What can be ended before its time: a session or a key. */
export const credentialOf = ({ key, sessionId }: VerifiedCaller): string | null => key?.id ?? sessionId

/** @throws {NexusError} `forbidden` for an API key without the scope. People have all. */
export function requireScope({ key }: Pick<Grantee, 'key'>, scope: Scope): void {
  if (key !== null && !includesScope(key.scopes, scope))
    throw new NexusError('forbidden', `This API key does not have the scope "${scope}".`)
}
