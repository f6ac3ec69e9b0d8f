import { sql } from 'kysely'
import { toVersion, type Version } from '../model/version.ts'
import type { Checkpoint, DocumentRecord, LogEntry } from '../ports/update-log.ts'
import type { DocumentName } from '../wire/document-name.ts'
import type { Db, StateHistoryTable, Trx } from './database.ts'

type HistoryColumns = Omit<StateHistoryTable, 'document' | 'first_version' | 'occurred_at'> & {
  first_version: Version
  occurred_at: Date
}

type RecordRow =
  | { part: 'head'; version: number }
  | { part: 'checkpoint'; version: number; update_data: Uint8Array }
  | ({ part: 'entry' } & HistoryColumns)

/**
 * Head, checkpoint and tail in one statement, so that they belong to one moment without a transaction.
 * `version` null: the head.
 */
export async function readDocument(
  db: Db | Trx,
  document: DocumentName,
  version: Version | null,
): Promise<DocumentRecord | null> {
  const { rows } = await sql<RecordRow>`
    with head as (
      select coalesce(${version}::bigint, version) as version
      from panel_states
      where document = ${document} and deleted_at is null and (
        coalesce(${version}::bigint, 0) = 0
        or exists (select 1 from state_history where document = ${document} and version = ${version}::bigint)
      )
    ),
    checkpoint as (
      select c.version, c.state
      from state_checkpoints c
      where c.document = ${document} and c.version <= (select version from head)
      order by c.version desc
      limit 1
    )
    select 'head' as part, version, null::bigint as first_version, null::bytea as update_data, null as user_id, null as triggered_by,
           null as trigger_source, null as change_type, null as client_session, null::timestamptz as occurred_at
    from head
    union all
    select 'checkpoint', version, null, state, null, null, null, null, null, null
    from checkpoint
    union all
    select 'entry', h.version, coalesce(h.first_version, h.version), h.update_data, h.user_id, h.triggered_by, h.trigger_source, h.change_type,
           h.client_session, h.occurred_at
    from state_history h
    where h.document = ${document}
      and h.version > coalesce((select version from checkpoint), 0)
      and h.version <= (select version from head)
  `.execute(db)
  return toRecord(rows)
}

function toRecord(rows: readonly RecordRow[]): DocumentRecord | null {
  let head: Version | null = null
  let checkpoint: Checkpoint | null = null
  const tail: LogEntry[] = []
  for (const row of rows) {
    if (row.part === 'head') head = toVersion(row.version)
    else if (row.part === 'checkpoint')
      checkpoint = { version: toVersion(row.version), state: row.update_data }
    else tail.push(toLogEntry(row))
  }
  if (head === null) return null
  // `union all` promises no order; sorting here is cheaper than sorting wide rows in the database.
  tail.sort((a, b) => a.version - b.version)
  return { checkpoint, tail, version: head }
}

/** See `UpdateLog.readTail`. */
export async function readTail(
  db: Db | Trx,
  document: DocumentName,
  range: { after: Version; upTo: Version | null; limit: number },
): Promise<LogEntry[]> {
  const { rows } = await sql<HistoryColumns>`
    select version, coalesce(first_version, version) as first_version, update_data, user_id, triggered_by,
           trigger_source, change_type, client_session, occurred_at
    from state_history
    where document = ${document} and version > ${range.after}
      and version <= coalesce(${range.upTo}::bigint, 9223372036854775807)
    order by version
    limit ${range.limit}
  `.execute(db)
  return rows.map(toLogEntry)
}

const toLogEntry = (row: HistoryColumns): LogEntry => ({
  version: row.version,
  firstVersion: row.first_version,
  update: row.update_data,
  userId: row.user_id,
  triggeredBy: row.triggered_by,
  triggerSource: row.trigger_source,
  changeType: row.change_type,
  clientSession: row.client_session,
  occurredAt: row.occurred_at,
})
