import { type Fanout, NexusError, type PanelId, panelDocumentName, type WorkspaceId } from '@nexus/core'
import type { Db, Trx } from '@nexus/core/sql'
import { sql } from 'kysely'
import { type Actor, recordAudit } from './audit.ts'
import { noPanel } from './panel-rights.ts'
import { noWorkspace } from './workspace-rights.ts'

interface Parts {
  readonly db: Db
  readonly fanout: Fanout
}

interface Move {
  readonly panelId: PanelId
  readonly from: WorkspaceId
  readonly to: WorkspaceId
}

/**
 * Takes a panel to the end of another workspace of the same owner, with its whole history. Whoever has it open is told that
 * it is gone where it was; edits that were not acknowledged are refused there as to a deleted panel.
 *
 * @throws {NexusError} `different_owner`, `not_found` when one of them has just been deleted, or the panel moved. Nothing has
 *   changed then.
 */
export async function movePanel({ db, fanout }: Parts, actor: Actor, move: Move): Promise<void> {
  const { panelId, from, to } = move
  if (from === to) return
  await db.transaction().execute(async (trx) => {
    const name = await holdPanel(trx, move)
    await holdBoth(trx, move)
    await takeOver(trx, move)
    await renameDocument(trx, move)
    await recordAudit(trx, from, { actor, action: 'panel_moved_out', details: { panelId, name, to } })
    await recordAudit(trx, to, { actor, action: 'panel_moved_in', details: { panelId, name, from } })
  })
  fanout.publishNotice({ type: 'panel_deleted', workspaceId: from, panelId })
  fanout.publishNotice({ type: 'panels_changed', workspaceId: to, panelId })
}

/** First the panel, as deleting and renaming do, so that none of them waits for another that waits for it. @returns Its name. */
async function holdPanel(trx: Trx, { panelId, from }: Move): Promise<string> {
  const row = await trx
    .selectFrom('panels')
    .select('name')
    .where('id', '=', panelId)
    .where('workspace_id', '=', from)
    .where('deleted_at', 'is', null)
    .forUpdate()
    .executeTakeFirst()
  if (row === undefined) throw noPanel()
  return row.name
}

/** One change of a workspace's panels at a time; in one order, so that two moves cannot wait for each other. */
async function holdBoth(trx: Trx, { from, to }: Move): Promise<void> {
  const rows = await trx
    .selectFrom('workspaces')
    .select(['id', 'owner_id', 'status'])
    .where('id', 'in', [from, to])
    .where('deleted_at', 'is', null)
    .orderBy('id')
    .forNoKeyUpdate()
    .execute()
  if (rows.length < 2) throw noWorkspace()
  if (rows.some(({ status }) => status === 'archived'))
    throw new NexusError('workspace_archived', 'One of the workspaces is archived; activate it to change it.')
  if (new Set(rows.map((row) => row.owner_id)).size > 1)
    throw new NexusError(
      'different_owner',
      'A panel is moved between workspaces of one owner; duplicate what it shows instead.',
    )
  await trx.updateTable('workspaces').set({ updated_at: new Date() }).where('id', 'in', [from, to]).execute()
}

async function takeOver(trx: Trx, { panelId, to }: Move): Promise<void> {
  await trx
    .updateTable('panels')
    .set(({ selectFrom }) => ({
      workspace_id: to,
      position: selectFrom('panels')
        .select(({ fn }) => sql<number>`coalesce(floor(${fn.max('position')}), 0) + 1`.as('position'))
        .where('workspace_id', '=', to),
      updated_at: new Date(),
    }))
    .where('id', '=', panelId)
    .execute()
}

/** Tables whose rows belong to a document. */
const OF_DOCUMENT = ['state_history', 'state_checkpoints', 'append_receipts', 'history_thinning'] as const

/**
 * The document gets the name it has in the other workspace, and everything of it: history, checkpoints, receipts. Its row is
 * held, so that no edit is appended meanwhile; what waits for it then finds it gone.
 */
async function renameDocument(trx: Trx, { panelId, from, to }: Move): Promise<void> {
  const [before, after] = [panelDocumentName(from, panelId), panelDocumentName(to, panelId)]
  await trx.selectFrom('panel_states').select('document').where('document', '=', before).forUpdate().execute()
  await sql`
    insert into panel_states (document, workspace_id, panel_id, version, checkpoint_version, log_bytes, tail_bytes,
      created_at, updated_at)
    select ${after}, ${to}, panel_id, version, checkpoint_version, log_bytes, tail_bytes, created_at, updated_at
    from panel_states where document = ${before}
  `.execute(trx)
  for (const table of OF_DOCUMENT)
    await sql`update ${sql.table(table)} set document = ${after} where document = ${before}`.execute(trx)
  await trx.deleteFrom('panel_states').where('document', '=', before).execute()
  // The next commit of the other workspace writes it anew.
  await trx.deleteFrom('panel_projections').where('panel_id', '=', panelId).execute()
}
