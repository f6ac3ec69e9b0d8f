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
  /** Closed by its owner. */
  deleted_at: ColumnType<Date | null, Date | null | undefined>
  /** From then on it is removed for good. */
  deletes_at: ColumnType<Date | null, Date | null | undefined>
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
  last_used_at: ColumnType<Date | null, Date | null | undefined>
}

/** A way to sign in. */
export interface AccountsTable {
  id: string
  account_id: string
  /** `credential`: with a password. */
  provider_id: string
  user_id: UserId
  /** Argon2id in PHC form. */
  password: string | null
  created_at: Generated<Date>
  updated_at: Date
}

/** Whom the provider of the installation vouches for. */
export interface SsoIdentitiesTable {
  issuer: string
  /** The provider's name for the person. */
  subject: string
  user_id: UserId
  created_at: Generated<Date>
}

/** An answer of the provider that has been taken. */
export interface SsoAnswersTable {
  /** SHA-256 of its `state`. */
  state_hash: Uint8Array
  expires_at: Date
}

/** A link in a mail. */
export interface AccountTokensTable {
  /** SHA-256 of the token. */
  hash: Uint8Array
  purpose: 'reset_password' | 'verify_email'
  user_id: UserId
  /** The address the mail went to. */
  email: string
  created_at: Generated<Date>
  expires_at: Date
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
