import { randomBytes } from 'node:crypto'
import {
  createOpaqueId,
  NexusError,
  parseOpaqueId,
  parseWorkspaceId,
  type UserId,
  type WorkspaceId,
} from '@nexus/core'
import type { ApiKeyView, CreateApiKeyRequest, CreatedApiKeyView } from '@nexus/core/http-contract'
import {
  type Access,
  API_KEY_PREFIX,
  hashApiKey,
  type LiveCredentials,
  type VerifiedCaller,
} from '@nexus/core/server'
import type { Db } from '@nexus/core/sql'

/** Per person; more are a sign of a program gone wrong. */
const MAX_KEYS = 100
/** Of 256 bits nobody guesses the rest of. */
const START_CHARS = API_KEY_PREFIX.length + 6

interface Parts {
  readonly db: Db
  readonly access: Access
}

const COLUMNS = [
  'id',
  'name',
  'key_start',
  'scopes',
  'workspace_ids',
  'created_at',
  'expires_at',
  'last_used_at',
] as const

const keysOf = (db: Db, userId: UserId) =>
  db.selectFrom('api_keys').select(COLUMNS).where('user_id', '=', userId)

const toView = (
  row: Awaited<ReturnType<ReturnType<typeof keysOf>['executeTakeFirstOrThrow']>>,
): ApiKeyView => ({
  id: row.id,
  name: row.name,
  start: row.key_start,
  scopes: [...row.scopes],
  workspaceIds: row.workspace_ids === null ? null : [...row.workspace_ids],
  createdAt: row.created_at.toISOString(),
  expiresAt: row.expires_at?.toISOString() ?? null,
  lastUsedAt: row.last_used_at?.toISOString() ?? null,
})

/** The newest first. */
export const listApiKeys = async (db: Db, userId: UserId): Promise<ApiKeyView[]> =>
  (await keysOf(db, userId).orderBy('created_at', 'desc').orderBy('id', 'desc').execute()).map(toView)

/** @throws {NexusError} `not_found` for what is no key of the user. */
export async function readApiKey(db: Db, userId: UserId, id: string): Promise<ApiKeyView> {
  const known = parseOpaqueId(id)
  const row = known === null ? undefined : await keysOf(db, userId).where('id', '=', known).executeTakeFirst()
  if (row === undefined) throw noKey()
  return toView(row)
}

/**
 * Makes a key; what is stored of it does not let anybody make it again.
 *
 * @throws {NexusError} `validation_failed` for an end that is over or a workspace the caller may not see,
 *   `quota_exceeded`.
 */
export async function createApiKey(
  { db, access }: Parts,
  caller: VerifiedCaller,
  request: Omit<CreateApiKeyRequest, 'name'> & { readonly name: string },
): Promise<CreatedApiKeyView> {
  const { userId } = caller
  const expiresAt = request.expiresAt === undefined ? null : new Date(request.expiresAt)
  if (expiresAt !== null && expiresAt.getTime() <= Date.now())
    throw wrong('/expiresAt', 'must be in the future')
  const workspaceIds = await seenWorkspaces(access, caller, request.workspaceIds ?? null)
  const { count } = await db
    .selectFrom('api_keys')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('user_id', '=', userId)
    .executeTakeFirstOrThrow()
  if (Number(count) >= MAX_KEYS) {
    throw new NexusError('quota_exceeded', `You have ${MAX_KEYS} API keys; revoke one first.`, {
      details: { limit: MAX_KEYS },
    })
  }
  const key = API_KEY_PREFIX + randomBytes(32).toString('base64url')
  const row = await db
    .insertInto('api_keys')
    .values({
      id: createOpaqueId(),
      user_id: userId,
      name: request.name,
      key_hash: hashApiKey(key),
      key_start: key.slice(0, START_CHARS),
      scopes: [...new Set(request.scopes ?? ['read' as const])],
      workspace_ids: workspaceIds,
      expires_at: expiresAt,
    })
    .returning(COLUMNS)
    .executeTakeFirstOrThrow()
  return { ...toView(row), key }
}

/** Afterwards the key opens nothing, on any node. @throws {NexusError} `not_found`. */
export async function revokeApiKey(
  { db, liveCredentials }: { readonly db: Db; readonly liveCredentials: LiveCredentials },
  userId: UserId,
  id: string,
): Promise<void> {
  const known = parseOpaqueId(id)
  if (known === null) throw noKey()
  const gone = await db
    .deleteFrom('api_keys')
    .where('id', '=', known)
    .where('user_id', '=', userId)
    .returning('id')
    .executeTakeFirst()
  if (gone === undefined) throw noKey()
  liveCredentials.markEnded(id)
}

async function seenWorkspaces(
  access: Access,
  caller: VerifiedCaller,
  ids: readonly string[] | null,
): Promise<WorkspaceId[] | null> {
  if (ids === null) return null
  return Promise.all(
    ids.map(async (text, index) => {
      const workspaceId = parseWorkspaceId(text)
      const found = workspaceId === null ? null : await access.workspaceAccess(caller, workspaceId)
      if (workspaceId === null || found === null)
        throw wrong(`/workspaceIds/${index}`, 'must be a workspace you are a member of')
      return workspaceId
    }),
  )
}

const noKey = (): NexusError => new NexusError('not_found', 'You have no such API key.')

const wrong = (pointer: string, message: string): NexusError =>
  new NexusError('validation_failed', `The field “${pointer.slice(1)}” ${message}.`, {
    details: { pointer, errors: [{ pointer, message }] },
  })
