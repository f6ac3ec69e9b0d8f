import { randomBytes } from 'node:crypto'
import { createOpaqueId, toUserId, type WorkspaceId } from '../model/ids.ts'
import type { Scope } from '../model/scope.ts'
import { hashApiKey } from '../server/api-key-verifier.ts'
import type { Db } from '../sql/database.ts'

interface KeyOptions {
  readonly scopes: readonly Scope[]
  readonly workspaceIds?: readonly WorkspaceId[]
  readonly expiresAt?: Date
}

/** A key as the API makes it, also one it would not make; its owner gets an account when there is none. */
export async function someApiKey(
  db: Db,
  user: string,
  { scopes, workspaceIds, expiresAt }: KeyOptions,
): Promise<{ readonly id: string; readonly key: string }> {
  const userId = toUserId(user)
  const [id, key] = [createOpaqueId(), `nxs_${randomBytes(32).toString('base64url')}`]
  const account = { id: userId, name: user, email: `${user}@example.org`, email_verified: true, image: null }
  await db
    .insertInto('users')
    .values(account)
    .onConflict((on) => on.doNothing())
    .execute()
  await db
    .insertInto('api_keys')
    .values({
      id,
      user_id: userId,
      name: 'test',
      key_hash: hashApiKey(key),
      key_start: key.slice(0, 10),
      scopes,
      workspace_ids: workspaceIds ?? null,
      expires_at: expiresAt ?? null,
    })
    .execute()
  return { id, key }
}
