import { type PanelId, panelDocumentName, type SavedMoment, toVersion, type WorkspaceId } from '@nexus/core'
import type { PanelListEntry, PanelView } from '@nexus/core/http-contract'
import type { Db } from '@nexus/core/sql'
import type { Replicas } from '../replicas/replicas.ts'
import { noPanel } from './panel-rights.ts'

const livePanels = (db: Db, workspaceId: WorkspaceId) =>
  db
    .selectFrom('panels as p')
    .innerJoin('panel_states as s', 's.panel_id', 'p.id')
    .where('p.workspace_id', '=', workspaceId)
    .where('s.workspace_id', '=', workspaceId)
    .where('p.deleted_at', 'is', null)
    .where('s.deleted_at', 'is', null)
    .select([
      'p.id',
      'p.workspace_id',
      'p.name',
      'p.panel_type',
      'p.status',
      'p.position',
      'p.created_at',
      'p.updated_at',
      's.version',
      's.updated_at as saved_at',
    ])
    .orderBy('p.position')
    .orderBy('p.id')

type Row = Awaited<ReturnType<ReturnType<typeof livePanels>['executeTakeFirstOrThrow']>>

/** A panel was changed when its row or its document was. */
const toEntry = (row: Row): PanelListEntry => ({
  id: row.id,
  workspaceId: row.workspace_id,
  name: row.name,
  panelType: row.panel_type,
  status: row.status,
  position: row.position,
  version: row.version,
  createdAt: row.created_at.toISOString(),
  updatedAt: (row.updated_at > row.saved_at ? row.updated_at : row.saved_at).toISOString(),
})

const toHead = (row: Row): SavedMoment => ({ version: toVersion(row.version), updatedAt: row.saved_at })

/** In the order people see them. */
export async function listPanels(db: Db, workspaceId: WorkspaceId): Promise<PanelListEntry[]> {
  return (await livePanels(db, workspaceId).execute()).map(toEntry)
}

/** Ids and heads, for readers of all documents of a workspace. */
export async function listPanelHeads(
  db: Db,
  workspaceId: WorkspaceId,
): Promise<{ readonly panelId: PanelId; readonly head: SavedMoment }[]> {
  const rows = await livePanels(db, workspaceId).execute()
  return rows.map((row) => ({ panelId: row.id, head: toHead(row) }))
}

/** With the source as it is in the newest saved version. @throws {NexusError} `not_found`. */
export async function readPanel(
  { db, replicas }: { readonly db: Db; readonly replicas: Replicas },
  { workspaceId, panelId }: { readonly workspaceId: WorkspaceId; readonly panelId: PanelId },
): Promise<PanelView> {
  const row = await livePanels(db, workspaceId).where('p.id', '=', panelId).executeTakeFirst()
  if (row === undefined) throw noPanel()
  const { state } = await replicas.readNewest(panelDocumentName(workspaceId, panelId), toHead(row))
  return { ...toEntry(row), version: state.version, nxmlSource: state.source }
}
