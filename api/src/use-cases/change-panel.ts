import {
  type Cause,
  type Fanout,
  limits,
  NexusError,
  type PanelId,
  panelDocumentName,
  type WorkspaceId,
} from '@nexus/core'
import { reconcileState, replaceSource } from '@nexus/core/document'
import { panelModel } from '@nexus/core/nxml'
import type { Access, VerifiedCaller } from '@nexus/core/server'
import type { Db } from '@nexus/core/sql'
import type { Replicas } from '../replicas/replicas.ts'
import { type Actor, recordAudit } from './audit.ts'
import { noPanel } from './panel-rights.ts'

interface Parts {
  readonly db: Db
  readonly fanout: Fanout
  readonly access: Access
  readonly replicas: Replicas
}

interface PanelAddress {
  readonly workspaceId: WorkspaceId
  readonly panelId: PanelId
}

interface PanelChanges {
  readonly name: string | null
  readonly position: number | null
}

/** Renames or moves a panel within its workspace. `null`: as it is. */
export async function changePanel(
  { db, fanout }: Pick<Parts, 'db' | 'fanout'>,
  { workspaceId, panelId }: PanelAddress,
  { name, position }: PanelChanges,
): Promise<void> {
  if (name === null && position === null) return
  await db.transaction().execute(async (trx) => {
    const now = new Date()
    const { numUpdatedRows } = await trx
      .updateTable('panels')
      .set({
        updated_at: now,
        ...(name === null ? {} : { name }),
        ...(position === null ? {} : { position }),
      })
      .where('id', '=', panelId)
      .where('workspace_id', '=', workspaceId)
      .where('deleted_at', 'is', null)
      .executeTakeFirst()
    if (numUpdatedRows === 0n) throw noPanel()
    await trx.updateTable('workspaces').set({ updated_at: now }).where('id', '=', workspaceId).execute()
  })
  fanout.publishNotice({ type: 'panels_changed', workspaceId, panelId })
}

/**
 * Makes the live source read as `source`, by difference, so that people who edit it at the same time keep their work.
 *
 * @throws {NexusError} `invalid_nxml` or `payload_too_large`; nothing has changed.
 */
export async function changeSource(
  { access, replicas, fanout }: Parts,
  caller: VerifiedCaller,
  { workspaceId, panelId, source }: PanelAddress & { readonly source: string },
): Promise<void> {
  if (Buffer.byteLength(source) > limits.MAX_NXML_BYTES) {
    throw new NexusError('payload_too_large', `The source is larger than ${limits.MAX_NXML_BYTES} bytes.`)
  }
  const { shape } = panelModel(source)
  const found = await access.panelAccess(caller, { workspaceId, panelId })
  if (found === null) throw noPanel()
  const cause: Cause = {
    userId: caller.userId,
    triggeredBy: 'api',
    triggerSource: 'panel-source',
    changeType: 'updated',
    clientSession: caller.sessionId,
  }
  await replicas.change(panelDocumentName(workspaceId, panelId), {
    // States that come with the source get their defaults in the same update (NXML specification 14.8).
    apply: (doc, before) => {
      const isChanged = replaceSource(doc, source, 'patch:NXML')
      return reconcileState(doc, shape, before.shape) || isChanged
    },
    cause,
    base: null,
    expected: null,
    receipt: null,
    head: found.head,
  })
  fanout.publishNotice({ type: 'panels_changed', workspaceId, panelId })
}

/** Afterwards the panel can be neither read nor written. Row and log stay, so that it can be undone. */
export async function deletePanel(
  { db, fanout }: Pick<Parts, 'db' | 'fanout'>,
  actor: Actor,
  { workspaceId, panelId }: PanelAddress,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const deletedAt = new Date()
    const gone = await trx
      .updateTable('panels')
      .set({ deleted_at: deletedAt })
      .where('id', '=', panelId)
      // It may have been moved in this moment.
      .where('workspace_id', '=', workspaceId)
      .where('deleted_at', 'is', null)
      .returning('name')
      .executeTakeFirst()
    if (gone === undefined) throw noPanel()
    const details = { panelId, name: gone.name }
    await recordAudit(trx, workspaceId, { actor, action: 'panel_deleted', details })
    await trx
      .updateTable('panel_states')
      .set({ deleted_at: deletedAt })
      .where('document', '=', panelDocumentName(workspaceId, panelId))
      .execute()
    await trx.updateTable('workspaces').set({ updated_at: deletedAt }).where('id', '=', workspaceId).execute()
  })
  fanout.publishNotice({ type: 'panel_deleted', workspaceId, panelId })
}
