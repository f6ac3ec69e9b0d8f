import { type Fanout, NexusError, type Role, toUserId, type UserId, type WorkspaceId } from '@nexus/core'
import type { MemberView } from '@nexus/core/http-contract'
import type { Db, Trx } from '@nexus/core/sql'
import { type Actor, recordAudit } from './audit.ts'
import { requireQuota } from './create-workspace.ts'
import { noWorkspace } from './workspace-rights.ts'

interface Parts {
  readonly db: Db
  readonly fanout: Fanout
}

/** One of a workspace's people. */
interface Membership {
  readonly workspaceId: WorkspaceId
  readonly userId: UserId
}

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

/**
 * Gives a member another role. `owner` hands the workspace over: who owned it becomes an editor. Afterwards open
 * connections of both are told.
 *
 * @throws {NexusError} `not_found` for who is no member, `validation_failed` for taking the owner's role away,
 *   `quota_exceeded` when the new owner's plan allows no more workspaces. Nothing has been changed then.
 */
export async function changeMember(
  { db, fanout }: Parts,
  actor: Actor,
  { workspaceId, userId, role }: Membership & { readonly role: Role },
): Promise<void> {
  const changed = await db.transaction().execute(async (trx) => {
    const ownerId = await holdWorkspace(trx, workspaceId)
    const { role: before, name } = await memberOf(trx, { workspaceId, userId })
    if (before === role) return []
    if (before === 'owner') throw mustHaveOwner('hand the workspace over to another member instead')
    if (role === 'owner') {
      await requireQuota(trx, userId)
      await setRole(trx, { workspaceId, userId: ownerId }, 'editor')
      await trx.updateTable('workspaces').set({ owner_id: userId }).where('id', '=', workspaceId).execute()
    }
    await setRole(trx, { workspaceId, userId }, role)
    await touch(trx, workspaceId)
    const action = role === 'owner' ? 'ownership_transferred' : 'role_changed'
    await recordAudit(trx, workspaceId, { actor, action, details: { userId, name, from: before, to: role } })
    return role === 'owner' ? [ownerId, userId] : [userId]
  })
  for (const each of changed) fanout.publishNotice({ type: 'member_changed', workspaceId, userId: each })
  if (changed.length > 0) fanout.publishNotice({ type: 'workspace_changed', workspaceId })
}

/**
 * Afterwards the person sees nothing of the workspace, and their open connections to it end.
 *
 * @throws {NexusError} `not_found` for who is no member, `validation_failed` for the owner. Nothing has been changed then.
 */
export async function removeMember(
  { db, fanout }: Parts,
  actor: Actor,
  { workspaceId, userId }: Membership,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await holdWorkspace(trx, workspaceId)
    const { role, name } = await memberOf(trx, { workspaceId, userId })
    if (role === 'owner') throw mustHaveOwner('hand it over to another member first')
    await trx
      .deleteFrom('workspace_members')
      .where('workspace_id', '=', workspaceId)
      .where('user_id', '=', userId)
      .execute()
    await touch(trx, workspaceId)
    const action = actor.userId === userId ? 'member_left' : 'member_removed'
    await recordAudit(trx, workspaceId, { actor, action, details: { userId, name, role } })
  })
  fanout.publishNotice({ type: 'member_changed', workspaceId, userId })
  fanout.publishNotice({ type: 'workspace_changed', workspaceId })
}

/** One change of a workspace's people at a time. @returns Its owner. */
export async function holdWorkspace(trx: Trx, workspaceId: WorkspaceId): Promise<UserId> {
  const row = await trx
    .selectFrom('workspaces')
    .select('owner_id')
    .where('id', '=', workspaceId)
    .where('deleted_at', 'is', null)
    .forUpdate()
    .executeTakeFirst()
  if (row === undefined) throw noWorkspace()
  return toUserId(row.owner_id)
}

async function memberOf(
  trx: Trx,
  { workspaceId, userId }: Membership,
): Promise<{ readonly role: Role; readonly name: string }> {
  const row = await trx
    .selectFrom('workspace_members as m')
    .innerJoin('users as u', 'u.id', 'm.user_id')
    .select(['m.role', 'u.name'])
    .where('m.workspace_id', '=', workspaceId)
    .where('m.user_id', '=', userId)
    .executeTakeFirst()
  if (row === undefined) throw new NexusError('not_found', 'This workspace has no such member.')
  return row
}

const setRole = async (trx: Trx, { workspaceId, userId }: Membership, role: Role): Promise<void> =>
  void (await trx
    .updateTable('workspace_members')
    .set({ role })
    .where('workspace_id', '=', workspaceId)
    .where('user_id', '=', userId)
    .execute())

/** Whoever missed the notice sees by it that something changed. */
export const touch = async (trx: Trx, workspaceId: WorkspaceId): Promise<void> =>
  void (await trx
    .updateTable('workspaces')
    .set({ updated_at: new Date() })
    .where('id', '=', workspaceId)
    .execute())

const mustHaveOwner = (advice: string): NexusError =>
  new NexusError('validation_failed', `A workspace has one owner; ${advice}.`, { details: { pointer: '' } })
