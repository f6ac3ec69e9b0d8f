import { createOpaqueId, type UserId } from '@nexus/core'
import type { Db, Trx } from '@nexus/core/sql'
import { sql } from 'kysely'
import type { Passwords } from './passwords.ts'

/** The provider of accounts with a password. */
const CREDENTIAL = 'credential'

interface CredentialParts {
  readonly db: Db | Trx
  readonly passwords: Passwords
}

/** For a query of `users`. */
export const hasPassword = sql<boolean>`exists (
  select 1 from accounts where user_id = users.id and provider_id = ${CREDENTIAL} and password is not null
)`.as('hasPassword')

/** `false` also for accounts that have no password. */
export async function isPasswordOf(
  { db, passwords }: CredentialParts,
  userId: UserId,
  password: string,
): Promise<boolean> {
  const row = await db
    .selectFrom('accounts')
    .select('password')
    .where('user_id', '=', userId)
    .where('provider_id', '=', CREDENTIAL)
    .executeTakeFirst()
  const hashed = row?.password ?? null
  return hashed !== null && passwords.isRight(password, hashed)
}

/** Closed accounts are found too. An unknown address takes as long as a wrong password. */
export async function findByPassword(
  { db, passwords }: CredentialParts,
  { email, password }: { readonly email: string; readonly password: string },
): Promise<UserId | null> {
  const row = await db
    .selectFrom('users as u')
    .innerJoin('accounts as a', 'a.user_id', 'u.id')
    .select(['u.id', 'a.password'])
    .where('u.email', '=', email)
    .where('a.provider_id', '=', CREDENTIAL)
    .executeTakeFirst()
  const hashed = row?.password ?? null
  if (row === undefined || hashed === null) {
    await passwords.hash(password)
    return null
  }
  return (await passwords.isRight(password, hashed)) ? row.id : null
}

/** @param hashed - What {@link Passwords.hash} made. An account without a password gets one. */
export async function setPassword(
  trx: Trx,
  { userId, hashed }: { readonly userId: UserId; readonly hashed: string },
): Promise<void> {
  const now = new Date()
  const { numUpdatedRows } = await trx
    .updateTable('accounts')
    .set({ password: hashed, updated_at: now })
    .where('user_id', '=', userId)
    .where('provider_id', '=', CREDENTIAL)
    .executeTakeFirst()
  if (numUpdatedRows > 0n) return
  await trx
    .insertInto('accounts')
    .values({
      id: createOpaqueId(),
      account_id: userId,
      provider_id: CREDENTIAL,
      user_id: userId,
      password: hashed,
      updated_at: now,
    })
    .execute()
}
