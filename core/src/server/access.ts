import type { UserId, WorkspaceId } from '../model/ids.ts'
import type { Role } from '../model/role.ts'
import type { Version } from '../model/version.ts'
import type { Db } from '../sql/database.ts'
import { type DocumentAddress, toDocumentName } from '../wire/document-name.ts'

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
  /** As {@link roleIn}, with the workspace's status. */
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
  const workspaceAccess = async (
    userId: UserId,
    workspaceId: WorkspaceId,
  ): Promise<WorkspaceAccess | null> => {
    const row = await membership(db, userId, workspaceId).select(WORKSPACE_COLUMNS).executeTakeFirst()
    return row ?? null
  }
  return {
    workspaceAccess,
    roleIn: async (userId, workspaceId) => (await workspaceAccess(userId, workspaceId))?.role ?? null,
    panelAccess: async (userId, address) => {
      const row = await documentQuery(db, userId, address).executeTakeFirst()
      return row ?? null
    },
  }
}

const WORKSPACE_COLUMNS = [
  'm.role',
  'w.status as workspaceStatus',
  'w.updated_at as workspaceChangedAt',
] as const

const membership = (db: Db, userId: UserId, workspaceId: WorkspaceId) =>
  db
    .selectFrom('workspace_members as m')
    .innerJoin('workspaces as w', 'w.id', 'm.workspace_id')
    .where('m.user_id', '=', userId)
    .where('m.workspace_id', '=', workspaceId)
    .where('w.deleted_at', 'is', null)

function documentQuery(db: Db, userId: UserId, { workspaceId, panelId }: DocumentAddress) {
  const query = membership(db, userId, workspaceId)
    .innerJoin('panel_states as s', 's.workspace_id', 'w.id')
    .where('s.document', '=', toDocumentName({ workspaceId, panelId }))
    .where('s.deleted_at', 'is', null)
    .select([...WORKSPACE_COLUMNS, 's.version as head', 's.updated_at as updatedAt'])
  if (panelId === null) return query
  return query.where(({ exists, selectFrom }) =>
    exists(
      selectFrom('panels as p')
        .select('p.id')
        .where('p.id', '=', panelId)
        .where('p.workspace_id', '=', workspaceId)
        .where('p.deleted_at', 'is', null),
    ),
  )
}
