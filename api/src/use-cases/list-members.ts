import type { WorkspaceId } from '@nexus/core'
import type { MemberView } from '@nexus/core/http-contract'
import type { Db } from '@nexus/core/sql'

/** Who may see a workspace: the owner first, then by name. */
export async function listMembers(db: Db, workspaceId: WorkspaceId): Promise<MemberView[]> {
  const rows = await db
    .selectFrom('workspace_members as m')
    .innerJoin('users as u', 'u.id', 'm.user_id')
    .select(['m.user_id', 'u.name', 'u.email', 'm.role'])
    .where('m.workspace_id', '=', workspaceId)
    .orderBy(({ eb }) => eb('m.role', '=', 'owner'), 'desc')
    .orderBy('u.name')
    .orderBy('m.user_id')
    .execute()
  return rows.map(({ user_id: userId, name, email, role }) => ({ userId, name, email, role }))
}
