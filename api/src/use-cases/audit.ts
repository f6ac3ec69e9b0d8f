import { createOpaqueId, type Json, type WorkspaceId } from '@nexus/core'
import type { AuditEventView } from '@nexus/core/http-contract'
import type { VerifiedCaller } from '@nexus/core/server'
import type { Db, Trx } from '@nexus/core/sql'
import type { Request } from 'express'
import { callerOf } from '../middleware/request-context.ts'

/** Every kind of event. What is done to panels' content is in their history. */
export type AuditAction =
  | 'invitation_accepted'
  | 'invitation_made'
  | 'invitation_withdrawn'
  | 'member_left'
  | 'member_removed'
  | 'ownership_transferred'
  | 'panel_deleted'
  | 'panel_moved_in'
  | 'panel_moved_out'
  | 'panel_restored'
  | 'role_changed'
  | 'workspace_changed'
  | 'workspace_deleted'
  | 'workspace_restored'

/** Who does something, and from where. */
export interface Actor extends VerifiedCaller {
  readonly address: string | null
}

export const actorOf = (request: Request): Actor => ({ ...callerOf(request), address: request.ip ?? null })

/** Written with what it tells of, in one transaction. @param details - Nothing secret. */
export async function recordAudit(
  trx: Trx,
  workspaceId: WorkspaceId,
  event: {
    readonly actor: Actor
    readonly action: AuditAction
    readonly details: Readonly<Record<string, Json | undefined>>
  },
): Promise<void> {
  const { actor, action, details } = event
  await trx
    .insertInto('audit_events')
    .values({
      id: createOpaqueId(),
      workspace_id: workspaceId,
      user_id: actor.userId,
      user_name: actor.name,
      api_key_id: actor.key?.id ?? null,
      address: actor.address,
      action,
      details: JSON.stringify(details),
    })
    .execute()
}

/** The newest first. @param before - The id of an event; `null`: from the newest on. */
export async function readAudit(
  db: Db,
  workspaceId: WorkspaceId,
  { limit, before }: { readonly limit: number; readonly before: string | null },
): Promise<AuditEventView[]> {
  let query = db
    .selectFrom('audit_events')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .orderBy('id', 'desc')
    .limit(limit)
  if (before !== null) query = query.where('id', '<', before)
  const rows = await query.execute()
  return rows.map((row) => ({
    id: row.id,
    occurredAt: row.occurred_at.toISOString(),
    userId: row.user_id,
    userName: row.user_name,
    apiKeyId: row.api_key_id,
    address: row.address,
    action: row.action,
    details: row.details,
  }))
}

export const forgetAudit = async (db: Db, before: Date): Promise<void> =>
  void (await db.deleteFrom('audit_events').where('occurred_at', '<', before).execute())
