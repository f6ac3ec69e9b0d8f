import { type JsonObject, panelDocumentName, toVersion, type UpdateLog, type Version } from '@nexus/core'
import type { HistoryView } from '@nexus/core/http-contract'
import type { Db } from '@nexus/core/sql'
import type { Replicas } from '../replicas/replicas.ts'
import { type HistoryQuery, readHistoryRows, versionsBetween } from './history-rows.ts'
import type { PanelAddress } from './read-state.ts'

interface Parts {
  readonly db: Db
  readonly log: UpdateLog
  readonly replicas: Replicas
}

/**
 * Changes up to `head` that match, newest first, each with its patch. Patches come from the log between the oldest and
 * newest listed.
 */
export async function readHistory(
  { db, log, replicas }: Parts,
  address: PanelAddress,
  { head, query }: { readonly head: Version; readonly query: HistoryQuery },
): Promise<HistoryView> {
  const document = panelDocumentName(address.workspaceId, address.panelId)
  const range = await versionsBetween(log, document, { ...query, head })
  const { total, rows } = await readHistoryRows(db, document, range, query)
  const [newest, oldest] = [rows.at(0), rows.at(-1)]
  const patches =
    newest === undefined || oldest === undefined
      ? new Map<number, never>()
      : await replicas.readPatches(document, {
          from: oldest.first_version ?? oldest.version,
          to: toVersion(newest.version),
        })
  return {
    panelId: address.panelId,
    totalChanges: total,
    history: rows.map((row) => ({
      id: `${address.panelId}:${row.version}`,
      changeType: row.change_type,
      patch: (patches.get(row.version) ?? []).map((operation): JsonObject => ({ ...operation })),
      previousVersion: (row.first_version ?? row.version) - 1,
      version: row.version,
      userId: row.user_id,
      triggeredBy: row.triggered_by,
      triggerSource: row.trigger_source,
      sizeBytes: Number(row.size_bytes),
      occurredAt: row.occurred_at.toISOString(),
    })),
  }
}
