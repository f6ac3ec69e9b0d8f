import { CompiledQuery, sql } from 'kysely'
import type { UserId, WorkspaceId } from '../model/ids.ts'
import { ROLES, type Role } from '../model/role.ts'
import { includesScope, type Scope } from '../model/scope.ts'
import type { Version } from '../model/version.ts'
import type { Db } from '../sql/database.ts'
import { type DocumentAddress, toDocumentName } from '../wire/document-name.ts'
import { type Grantee, requireScope } from './caller.ts'
import { gather } from './gather.ts'

/** Memberships per query. */
const CHUNK = 1_000

export interface WorkspaceAccess {
  /** What the caller may do: their role, or less when an API key gives less. */
  readonly role: Role
  readonly workspaceStatus: 'active' | 'suspended' | 'archived'
  /** When its name, its status or its panels last changed. */
  readonly workspaceChangedAt: Date
}

export interface DocumentAccess extends WorkspaceAccess {
  /** Newest acknowledged version on any node, at the moment of asking. */
  readonly head: Version
  /** When `head` was appended. */
  readonly updatedAt: Date
}

/**
 * What a caller may do, read from the database each time: a removed member is refused from the next question on.
 *
 * This is the one place where roles and the scopes of API keys meet. All throw `forbidden` ({@link NexusError}) for a
 * key without the scope that the question needs, in workspaces that the key may be used for.
 */
export interface Access {
  /** `null`: there is no such workspace (or it is deleted), the user is not a member, or their key is not for it. */
  workspaceAccess(caller: Grantee, workspaceId: WorkspaceId): Promise<WorkspaceAccess | null>
  /** Whether the caller owns this workspace, which is deleted. */
  ownsDeleted(caller: Grantee, workspaceId: WorkspaceId): Promise<boolean>
  /** Whether the caller may clone its repository; needs membership, and of a key the scope `git`. */
  mayClone(caller: Grantee, workspaceId: WorkspaceId): Promise<boolean>
  /**
   * As {@link workspaceAccess}, in one query. `panelId: null` asks for the workspace's own document.
   *
   * `null` also when the document does not exist in this workspace, or is deleted.
   */
  panelAccess(caller: Grantee, address: DocumentAddress): Promise<DocumentAccess | null>
}

export function createAccess({ db }: { readonly db: Db }): Access {
  // Thousands asked in one turn are a few queries.
  const ask = gather(CHUNK, (memberships: readonly Membership[]) => readMemberships(db, memberships))
  return {
    async workspaceAccess(caller, workspaceId) {
      if (!isFor(caller, workspaceId)) return null
      return narrowed(await ask({ userId: caller.userId, workspaceId }), caller)
    },
    async ownsDeleted(caller, workspaceId) {
      if (!isFor(caller, workspaceId)) return false
      const row = await db
        .selectFrom('workspaces')
        .select('id')
        .where('id', '=', workspaceId)
        .where('owner_id', '=', caller.userId)
        .where('deleted_at', 'is not', null)
        .executeTakeFirst()
      if (row !== undefined) requireScope(caller, 'admin')
      return row !== undefined
    },
    async mayClone(caller, workspaceId) {
      if (!isFor(caller, workspaceId)) return false
      const found = await ask({ userId: caller.userId, workspaceId })
      if (found !== null) requireScope(caller, 'git')
      return found !== null
    },
    async panelAccess(caller, address) {
      if (!isFor(caller, address.workspaceId)) return null
      return narrowed(await readDocumentAccess(db, caller.userId, address), caller)
    },
  }
}

const isFor = ({ key }: Grantee, workspaceId: WorkspaceId): boolean =>
  key === null || key.workspaceIds === null || key.workspaceIds.includes(workspaceId)

const ROLE_OF_SCOPE = [
  ['admin', 'owner'],
  ['write', 'editor'],
  ['read', 'viewer'],
] as const satisfies readonly (readonly [Scope, Role])[]

/** @throws {NexusError} `forbidden` for a key that may read nothing. */
function narrowed<Found extends WorkspaceAccess>(found: Found | null, { key }: Grantee): Found | null {
  if (found === null || key === null) return found
  requireScope({ key }, 'read')
  const [, most] = ROLE_OF_SCOPE.find(([scope]) => includesScope(key.scopes, scope)) ?? ['read', 'viewer']
  return { ...found, role: ROLES[Math.max(ROLES.indexOf(found.role), ROLES.indexOf(most))] ?? 'viewer' }
}

interface Membership {
  readonly userId: UserId
  readonly workspaceId: WorkspaceId
}

async function readMemberships(
  db: Db,
  memberships: readonly Membership[],
): Promise<(WorkspaceAccess | null)[]> {
  const users = memberships.map(({ userId }) => userId)
  const workspaces = memberships.map(({ workspaceId }) => workspaceId)
  const { rows } = await sql<Membership & WorkspaceAccess>`
    select m.user_id as "userId", m.workspace_id as "workspaceId", m.role, w.status as "workspaceStatus",
           w.updated_at as "workspaceChangedAt"
    from unnest(${users}::text[], ${workspaces}::uuid[]) as asked (user_id, workspace_id)
    join workspace_members m on m.user_id = asked.user_id and m.workspace_id = asked.workspace_id
    join workspaces w on w.id = m.workspace_id and w.deleted_at is null`.execute(db)
  const found = new Map(
    rows.map(({ userId, workspaceId, ...access }) => [`${userId} ${workspaceId}`, access] as const),
  )
  return memberships.map(({ userId, workspaceId }) => found.get(`${userId} ${workspaceId}`) ?? null)
}

/** Its text is put together once: nearly every request asks it, and a builder would take longer than the database. */
const DOCUMENT_ACCESS = `
  select m.role, w.status as "workspaceStatus", w.updated_at as "workspaceChangedAt", s.version as head,
         s.updated_at as "updatedAt"
  from workspace_members m
  join workspaces w on w.id = m.workspace_id
  join panel_states s on s.workspace_id = w.id
  where m.user_id = $1 and m.workspace_id = $2::uuid and w.deleted_at is null
    and s.document = $3 and s.deleted_at is null
    and ($4::uuid is null or exists (
      select 1 from panels p where p.id = $4::uuid and p.workspace_id = $2::uuid and p.deleted_at is null))`

async function readDocumentAccess(
  db: Db,
  userId: UserId,
  { workspaceId, panelId }: DocumentAddress,
): Promise<DocumentAccess | null> {
  const parameters = [userId, workspaceId, toDocumentName({ workspaceId, panelId }), panelId]
  const { rows } = await db.executeQuery<DocumentAccess>(CompiledQuery.raw(DOCUMENT_ACCESS, parameters))
  return rows[0] ?? null
}
