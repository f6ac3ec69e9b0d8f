import type { Fanout, WorkspaceId } from '@nexus/core'
import type { UpdateWorkspaceRequest } from '@nexus/core/http-contract'
import type { Db } from '@nexus/core/sql'
import { type Actor, recordAudit } from './audit.ts'
import { noWorkspace } from './workspace-rights.ts'

interface Parts {
  readonly db: Db
  readonly fanout: Fanout
}

/** Names, describes, archives; members that are absent stay. Afterwards every member's page is told. */
export async function changeWorkspace(
  { db, fanout }: Parts,
  actor: Actor,
  { workspaceId, ...changes }: UpdateWorkspaceRequest & { readonly workspaceId: WorkspaceId },
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const { numUpdatedRows } = await trx
      .updateTable('workspaces')
      .set({ ...changes, updated_at: new Date() })
      .where('id', '=', workspaceId)
      .where('deleted_at', 'is', null)
      .executeTakeFirst()
    if (numUpdatedRows === 0n) throw noWorkspace()
    await recordAudit(trx, workspaceId, { actor, action: 'workspace_changed', details: { ...changes } })
  })
  fanout.publishNotice({ type: 'workspace_changed', workspaceId })
}

/** Afterwards nothing of it can be read or written. Rows and logs stay, so that it can be undone. */
export async function deleteWorkspace(
  { db, fanout }: Parts,
  actor: Actor,
  workspaceId: WorkspaceId,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const deletedAt = new Date()
    await trx
      .updateTable('workspaces')
      .set({ deleted_at: deletedAt })
      .where('id', '=', workspaceId)
      .where('deleted_at', 'is', null)
      .execute()
    await recordAudit(trx, workspaceId, { actor, action: 'workspace_deleted', details: {} })
    // In the order appends lock them, so that the two cannot wait for each other.
    await trx
      .selectFrom('panel_states')
      .select('document')
      .where('workspace_id', '=', workspaceId)
      .orderBy('document')
      .forNoKeyUpdate()
      .execute()
    // From here on appends are refused; those of editors that are still connected, too.
    await trx
      .updateTable('panel_states')
      .set({ deleted_at: deletedAt })
      .where('workspace_id', '=', workspaceId)
      .where('deleted_at', 'is', null)
      .execute()
  })
  fanout.publishNotice({ type: 'workspace_deleted', workspaceId })
}
