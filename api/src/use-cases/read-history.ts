import {
  type DocumentName,
  type JsonObject,
  panelDocumentName,
  type TriggeredBy,
  toVersion,
  type UserId,
} from '@nexus/core'
import type { HistoryView } from '@nexus/core/http-contract'
import type { Db } from '@nexus/core/sql'
import { sql } from 'kysely'
import type { Replicas } from '../replicas/replicas.ts'
import type { PanelAddress } from './read-state.ts'

export interface HistoryQuery {
  readonly limit: number
  readonly offset: number
  readonly since: Date | null
  readonly until: Date | null
  readonly triggeredBy: TriggeredBy | null
  readonly userId: UserId | null
}

/** Changes that match, newest first, each with its patch. Patches come from the log between the oldest and newest listed. */
export async function readHistory(
  { db, replicas }: { readonly db: Db; readonly replicas: Replicas },
  address: PanelAddress,
  query: HistoryQuery,
): Promise<HistoryView> {
  const document = panelDocumentName(address.workspaceId, address.panelId)
  const { total } = await matching(db, document, query)
    .select(({ fn }) => fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow()
  const rows = await matching(db, document, query)
    .select(['version', 'user_id', 'triggered_by', 'trigger_source', 'change_type', 'occurred_at'])
    .select(sql<number>`length(update_data)`.as('size_bytes'))
    .orderBy('version', 'desc')
    .limit(query.limit)
    .offset(query.offset)
    .execute()
  const [newest, oldest] = [rows.at(0), rows.at(-1)]
  const patches =
    newest === undefined || oldest === undefined
      ? new Map<number, never>()
      : await replicas.readPatches(document, {
          from: toVersion(oldest.version),
          to: toVersion(newest.version),
        })
  return {
    panelId: address.panelId,
    totalChanges: Number(total),
    history: rows.map((row) => ({
      id: `${address.panelId}:${row.version}`,
      changeType: row.change_type,
      patch: (patches.get(row.version) ?? []).map((operation): JsonObject => ({ ...operation })),
      previousVersion: row.version - 1,
      version: row.version,
      userId: row.user_id,
      triggeredBy: row.triggered_by,
      triggerSource: row.trigger_source,
      sizeBytes: Number(row.size_bytes),
      occurredAt: row.occurred_at.toISOString(),
    })),
  }
}

function matching(db: Db, document: DocumentName, { since, until, triggeredBy, userId }: HistoryQuery) {
  let query = db.selectFrom('state_history').where('document', '=', document)
  if (since !== null) query = query.where('occurred_at', '>=', since)
  if (until !== null) query = query.where('occurred_at', '<=', until)
  if (triggeredBy !== null) query = query.where('triggered_by', '=', triggeredBy)
  return userId === null ? query : query.where('user_id', '=', userId)
}
