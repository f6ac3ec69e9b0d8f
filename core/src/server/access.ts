import { CompiledQuery, sql } from 'kysely'
import type { UserId, WorkspaceId } from '../model/ids.ts'
import type { Role } from '../model/role.ts'
import type { Version } from '../model/version.ts'
import type { Db } from '../sql/database.ts'
import { type DocumentAddress, toDocumentName } from '../wire/document-name.ts'
import { gather } from './gather.ts'

/** Memberships per query. */
const CHUNK = 1_000

export interface WorkspaceAccess {
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

/** What a user may do, read from the database each time: a removed member is refused from the next question on. */
export interface Access {
  /** `null`: there is no such workspace (or it is deleted), or the user is not a member. */
  roleIn(userId: UserId, workspaceId: WorkspaceId): Promise<Role | null>
  /** As {@link roleIn}, with the workspace's status. Thousands asked in one turn are a few queries. */
  workspaceAccess(userId: UserId, workspaceId: WorkspaceId): Promise<WorkspaceAccess | null>
  /**
   * One query. `panelId: null` asks for the workspace's own document.
   *
   * `null`: the document does not exist in this workspace (or it, or the workspace, is deleted), or the user is not a
   * member.
   */
  panelAccess(userId: UserId, address: DocumentAddress): Promise<DocumentAccess | null>
}

export function createAccess({ db }: { readonly db: Db }): Access {
  const ask = gather(CHUNK, (memberships: readonly Membership[]) => readMemberships(db, memberships))
  const workspaceAccess = (userId: UserId, workspaceId: WorkspaceId) => ask({ userId, workspaceId })
  return {
    workspaceAccess,
    roleIn: async (userId, workspaceId) => (await workspaceAccess(userId, workspaceId))?.role ?? null,
    panelAccess: (userId, address) => readDocumentAccess(db, userId, address),
  }
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
