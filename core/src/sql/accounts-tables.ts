import type { ColumnType, Generated } from 'kysely'
import type { UserId, WorkspaceId } from '../model/ids.ts'
import type { Plan } from '../model/plan.ts'
import type { Scope } from '../model/scope.ts'

export interface UsersTable {
  id: UserId
  name: string
  /** Lower case. */
  email: string
  email_verified: boolean
  image: string | null
  plan: Generated<Plan>
  created_at: Generated<Date>
  updated_at: Generated<Date>
}

export interface SessionsTable {
  /** `sid` of the access tokens made from it. */
  id: string
  expires_at: Date
  token: string
  created_at: Generated<Date>
  updated_at: Date
  ip_address: string | null
  user_agent: string | null
  user_id: UserId
}

/** Keys of programs; the keys themselves are nowhere. */
export interface ApiKeysTable {
  id: string
  user_id: UserId
  name: string
  key_hash: string
  key_start: string
  scopes: readonly Scope[]
  /** `null`: all its owner may see. */
  workspace_ids: readonly WorkspaceId[] | null
  created_at: Generated<Date>
  /** `null`: never. */
  expires_at: Date | null
  /** To the minute. */
  last_used_at: ColumnType<Date | null, Date | null | undefined>
}

/** A key that signs access tokens. */
export interface JwksTable {
  /** `kid` */
  id: string
  /** JWK as JSON text. */
  public_key: string
  private_key: string
  created_at: Date
  expires_at: Date | null
  alg: string | null
  crv: string | null
}
