import { NexusError, type PanelId, parsePanelId, type WorkspaceId } from '@nexus/core'
import type { Access, VerifiedCaller, WorkspaceAccess } from '@nexus/core/server'
import type { Db } from '@nexus/core/sql'
import { type Right, requireRight } from './workspace-rights.ts'

/** A panel the caller may see, and where it is. */
export interface FoundPanel extends WorkspaceAccess {
  readonly panelId: PanelId
  readonly workspaceId: WorkspaceId
}

/** @throws {NexusError} `not_found` for text that is no id of ours. */
export function toPanelId(text: unknown): PanelId {
  const panelId = parsePanelId(text)
  if (panelId === null) throw noPanel()
  return panelId
}

export const noPanel = (): NexusError =>
  new NexusError('not_found', 'There is no such panel, or you may not see it.')

/** @throws {NexusError} `not_found`, `forbidden` or `workspace_archived`. */
export async function requirePanel(
  { db, access }: { readonly db: Db; readonly access: Access },
  caller: VerifiedCaller,
  wanted: { readonly panelId: PanelId; readonly right: Right },
): Promise<FoundPanel> {
  const row = await db
    .selectFrom('panels')
    .select('workspace_id')
    .where('id', '=', wanted.panelId)
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
  const found = row ? await access.workspaceAccess(caller, row.workspace_id) : null
  if (!row || !found) throw noPanel()
  requireRight(found, wanted.right)
  return { ...found, panelId: wanted.panelId, workspaceId: row.workspace_id }
}
