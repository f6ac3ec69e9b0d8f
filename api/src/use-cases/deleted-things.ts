import { type Fanout, NexusError, type PanelId, type WorkspaceId } from '@nexus/core'
import type { DeletedPanel, DeletedWorkspace } from '@nexus/core/http-contract'
import { type Access, type Grantee, requireScope } from '@nexus/core/server'
import type { Db } from '@nexus/core/sql'
import type { ApiOptions } from '../config.ts'
import { type Actor, recordAudit } from './audit.ts'
import { requireQuota } from './create-workspace.ts'
import { undeleteIn } from './deleted-panels.ts'
import { touch } from './members.ts'
import { noPanel } from './panel-rights.ts'
import { noWorkspace, requireWorkspace } from './workspace-rights.ts'

interface Parts {
  readonly db: Db
  readonly fanout: Fanout
  readonly access: Access
  readonly options: Pick<ApiOptions, 'DELETED_DAYS'>
}

const DAY_MS = 86_400_000

/** What was deleted before this is about to go for good, and does not come back. */
const graceBegan = ({ DELETED_DAYS }: Parts['options']): Date => new Date(Date.now() - DELETED_DAYS * DAY_MS)
const purgedAt = (deletedAt: Date, { DELETED_DAYS }: Parts['options']): string =>
  new Date(deletedAt.getTime() + DELETED_DAYS * DAY_MS).toISOString()

/** The caller's own workspaces that can come back, the newest deletion first. */
export async function listDeletedWorkspaces(
  { db, options }: Pick<Parts, 'db' | 'options'>,
  caller: Grantee,
): Promise<DeletedWorkspace[]> {
  requireScope(caller, 'read')
  let query = db
    .selectFrom('workspaces as w')
    .select(['w.id', 'w.name', 'w.description', 'w.deleted_at'])
    .where('w.owner_id', '=', caller.userId)
    .where('w.deleted_at', '>', graceBegan(options))
    .orderBy('w.deleted_at', 'desc')
  const workspaceIds = caller.key?.workspaceIds ?? null
  if (workspaceIds !== null) query = query.where('w.id', 'in', workspaceIds)
  return (await query.execute()).map(({ id, name, description, deleted_at: at }) => {
    const deletedAt = at ?? new Date()
    return {
      id,
      name,
      description,
      deletedAt: deletedAt.toISOString(),
      purgedAt: purgedAt(deletedAt, options),
    }
  })
}

/**
 * A deleted workspace is there again as it was, with its members; panels that had been deleted before it stay so.
 *
 * @throws {NexusError} `not_found` (never there, not deleted, or gone for good), `forbidden`, `quota_exceeded`: nothing has changed.
 */
export async function restoreDeletedWorkspace(
  { db, fanout, access, options }: Parts,
  actor: Actor,
  workspaceId: WorkspaceId,
): Promise<void> {
  const isOwner = await access.ownsDeleted(actor, workspaceId)
  if (!isOwner) throw noWorkspace()
  await db.transaction().execute(async (trx) => {
    await requireQuota(trx, actor.userId)
    const row = await trx
      .selectFrom('workspaces')
      .select('deleted_at')
      .where('id', '=', workspaceId)
      .where('deleted_at', '>', graceBegan(options))
      .forUpdate()
      .executeTakeFirst()
    if (row === undefined) throw noWorkspace()
    // Those that went with it: their time is the same one.
    await trx
      .updateTable('panel_states')
      .set({ deleted_at: null })
      .where('workspace_id', '=', workspaceId)
      .where('deleted_at', '=', ({ selectFrom }) =>
        selectFrom('workspaces').select('deleted_at').where('id', '=', workspaceId),
      )
      .execute()
    await trx
      .updateTable('workspaces')
      .set({ deleted_at: null, updated_at: new Date() })
      .where('id', '=', workspaceId)
      .execute()
    await recordAudit(trx, workspaceId, { actor, action: 'workspace_restored', details: {} })
  })
  fanout.publishNotice({ type: 'workspace_changed', workspaceId })
}

/** The newest deletion first. */
export async function listDeletedPanels(
  { db, options }: Pick<Parts, 'db' | 'options'>,
  workspaceId: WorkspaceId,
): Promise<DeletedPanel[]> {
  const rows = await db
    .selectFrom('panels')
    .select(['id', 'name', 'panel_type', 'deleted_at'])
    .where('workspace_id', '=', workspaceId)
    .where('deleted_at', '>', graceBegan(options))
    .orderBy('deleted_at', 'desc')
    .execute()
  return rows.map(({ id, name, panel_type: panelType, deleted_at: at }) => {
    const deletedAt = at ?? new Date()
    return { id, name, panelType, deletedAt: deletedAt.toISOString(), purgedAt: purgedAt(deletedAt, options) }
  })
}

/**
 * A deleted panel is there again as it was, with its history. One that is not deleted stays as it is.
 *
 * @returns Its workspace. @throws {NexusError} `not_found` (also when it is gone for good), `forbidden`, `workspace_archived`.
 */
export async function restoreDeletedPanel(
  { db, fanout, access, options }: Parts,
  actor: Actor,
  panelId: PanelId,
): Promise<WorkspaceId> {
  const row = await db
    .selectFrom('panels')
    .select(['workspace_id', 'name'])
    .where('id', '=', panelId)
    .where((eb) => eb.or([eb('deleted_at', 'is', null), eb('deleted_at', '>', graceBegan(options))]))
    .executeTakeFirst()
  if (row === undefined) throw noPanel()
  const { workspace_id: workspaceId, name } = row
  await requireWorkspace(access, actor, { workspaceId, right: 'write' }).catch((error: unknown) => {
    throw error instanceof NexusError && error.code === 'not_found' ? noPanel() : error
  })
  const back = await db.transaction().execute(async (trx) => {
    const found = await undeleteIn(trx, workspaceId, [panelId])
    if (found.length === 0) return false
    await touch(trx, workspaceId)
    await recordAudit(trx, workspaceId, { actor, action: 'panel_restored', details: { panelId, name } })
    return true
  })
  if (back) fanout.publishNotice({ type: 'panels_changed', workspaceId, panelId })
  return workspaceId
}
