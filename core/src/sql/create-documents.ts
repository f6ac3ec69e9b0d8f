import { sql } from 'kysely'
import type { NewDocument } from '../ports/update-log.ts'
import type { Db, Trx } from './database.ts'
import { draftColumns } from './draft-columns.ts'

/**
 * One statement. Rows are inserted in the order of their names, so that two calls for the same documents wait for one
 * another instead of deadlocking; the second one then finds them there and leaves them alone.
 */
export async function createDocuments(db: Db | Trx, documents: readonly NewDocument[]): Promise<void> {
  if (documents.length === 0) return
  const names = documents.map(({ document }) => document)
  const workspaceIds = documents.map(({ workspaceId }) => workspaceId)
  const panelIds = documents.map(({ panelId }) => panelId)
  const drafts = draftColumns(documents.map(({ first }) => first))

  await sql`
    with fresh as materialized (
      select distinct on (document) *,
             substring(${drafts.bytes}::bytea from start for length) as update_data,
             date_trunc('milliseconds', clock_timestamp()) as occurred_at
      from unnest(${names}::text[], ${workspaceIds}::uuid[], ${panelIds}::uuid[], ${drafts.starts}::int[], ${drafts.lengths}::int[],
                  ${drafts.userIds}::text[], ${drafts.triggeredBy}::text[], ${drafts.triggerSources}::text[],
                  ${drafts.changeTypes}::text[], ${drafts.clientSessions}::text[])
        with ordinality
        as d (document, workspace_id, panel_id, start, length, user_id, triggered_by, trigger_source, change_type,
              client_session, number)
      order by document, number
    ),
    created as (
      insert into panel_states (document, workspace_id, panel_id, version, log_bytes, tail_bytes, created_at, updated_at)
      select document, workspace_id, panel_id, 1, octet_length(update_data), octet_length(update_data),
             occurred_at, occurred_at
      from fresh
      order by document collate "C"
      on conflict (document) do nothing
      returning document
    )
    insert into state_history (document, version, update_data, user_id, triggered_by, trigger_source, change_type,
                               client_session, occurred_at)
    select f.document, 1, f.update_data, f.user_id, f.triggered_by, f.trigger_source, f.change_type,
           f.client_session, f.occurred_at
    from fresh f
    join created c on c.document = f.document
  `.execute(db)
}
