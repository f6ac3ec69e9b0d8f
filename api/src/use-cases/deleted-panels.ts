import { type PanelId, panelDocumentName, type WorkspaceId } from '@nexus/core'
import type { Db, Trx } from '@nexus/core/sql'

/** Deleted panels are there again, as they were. @returns Those of them that were deleted. */
export async function undelete(
  db: Db,
  workspaceId: WorkspaceId,
  panelIds: readonly PanelId[],
): Promise<PanelId[]> {
  if (panelIds.length === 0) return []
  return db.transaction().execute((trx) => undeleteIn(trx, workspaceId, panelIds))
}

/** {@link undelete} as a part of `trx`. */
export async function undeleteIn(
  trx: Trx,
  workspaceId: WorkspaceId,
  panelIds: readonly PanelId[],
): Promise<PanelId[]> {
  const back = await trx
    .updateTable('panels')
    .set({ deleted_at: null, updated_at: new Date() })
    .where('workspace_id', '=', workspaceId)
    .where('id', 'in', panelIds)
    .where('deleted_at', 'is not', null)
    .returning('id')
    .execute()
  await setDeleted(trx, workspaceId, { panelIds: back.map(({ id }) => id), at: null })
  return back.map(({ id }) => id)
}

/** Takes {@link undelete} back. */
export async function deleteAgain(
  db: Db,
  workspaceId: WorkspaceId,
  panelIds: readonly PanelId[],
): Promise<void> {
  if (panelIds.length === 0) return
  await db.transaction().execute(async (trx) => {
    const at = new Date()
    await trx
      .updateTable('panels')
      .set({ deleted_at: at })
      .where('id', 'in', panelIds)
      // One may have been moved meanwhile.
      .where('workspace_id', '=', workspaceId)
      .execute()
    await setDeleted(trx, workspaceId, { panelIds, at })
  })
}

async function setDeleted(
  trx: Db,
  workspaceId: WorkspaceId,
  { panelIds, at }: { readonly panelIds: readonly PanelId[]; readonly at: Date | null },
): Promise<void> {
  if (panelIds.length === 0) return
  const documents = panelIds.map((panelId) => panelDocumentName(workspaceId, panelId))
  await trx.updateTable('panel_states').set({ deleted_at: at }).where('document', 'in', documents).execute()
}
