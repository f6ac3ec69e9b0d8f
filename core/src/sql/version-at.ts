import { sql } from 'kysely'
import { toVersion, type Version } from '../model/version.ts'
import type { DocumentName } from '../wire/document-name.ts'
import type { Db, Trx } from './database.ts'

/**
 * Binary search over the primary key: times grow with versions (see append-batch.ts), so an index on time, which every
 * append would have to keep, is not needed. `low` is known to be at or before `at` (0: nothing), `high` is the last candidate.
 */
export async function versionAt(db: Db | Trx, document: DocumentName, at: Date): Promise<Version | null> {
  const { rows } = await sql<{ version: number }>`
    with recursive search (low, high) as (
      select 0::bigint, version
      from panel_states
      where document = ${document} and deleted_at is null
      union all
      select case when probe.occurred_at <= ${at}::timestamptz then probe.version else s.low end,
             case when probe.occurred_at <= ${at}::timestamptz then s.high else (s.low + s.high + 1) / 2 - 1 end
      from search s
      cross join lateral (
        select h.version, h.occurred_at
        from state_history h
        where h.document = ${document} and h.version >= (s.low + s.high + 1) / 2
        order by h.version
        limit 1
      ) probe
      where s.low < s.high
    )
    select low as version from search where low = high
  `.execute(db)
  const version = rows[0]?.version ?? 0
  return version === 0 ? null : toVersion(version)
}
