import { sql } from 'kysely'
import type { Version } from '../model/version.ts'
import type { DocumentName } from '../wire/document-name.ts'
import type { Db, Trx } from './database.ts'

/** The rows of the versions `firstVersion` to `version` become one row. */
export interface MergedRows {
  readonly firstVersion: Version
  readonly version: Version
  /** Does what theirs did one after the other; `null`: what the last one's does, for the others did nothing. */
  readonly update: Uint8Array | null
}

export interface ThinnedRange {
  readonly document: DocumentName
  /** How far thinning had come when the rows were read. */
  readonly after: Version
  /** How far it comes with this. */
  readonly upTo: Version
  /** Not above the newest checkpoint: what opening the document reads is left alone. */
  readonly merged: readonly MergedRows[]
}

/**
 * Puts merged rows in the place of those they stand for, in one commit.
 *
 * @returns How many rows fewer there are; `null` when nothing was changed: somebody else has thinned the document meanwhile,
 * or it is deleted.
 */
export function thinHistory(db: Db, range: ThinnedRange): Promise<number | null> {
  return db.transaction().execute(async (trx) => {
    if (!(await isAsRead(trx, range))) return null
    const bytesBefore = await bytesOf(trx, range)
    const removed = range.merged.length === 0 ? 0 : await replaceRows(trx, range)
    const bytesFewer = bytesBefore - (await bytesOf(trx, range))
    await sql`
      update panel_states set log_bytes = log_bytes - ${bytesFewer}::bigint where document = ${range.document}
    `.execute(trx)
    await sql`
      insert into history_thinning (document, thinned_to) values (${range.document}, ${range.upTo}::bigint)
      on conflict (document) do update set thinned_to = excluded.thinned_to
    `.execute(trx)
    return removed
  })
}

/** Two statements: the second sees what those have committed who had the lock before. */
async function isAsRead(trx: Trx, { document, after, upTo, merged }: ThinnedRange): Promise<boolean> {
  const locked = await sql<{ checkpoint_version: number }>`
    select checkpoint_version from panel_states
    where document = ${document} and deleted_at is null
    for no key update
  `.execute(trx)
  const thinned = await sql<{ thinned_to: number }>`
    select thinned_to from history_thinning where document = ${document}
  `.execute(trx)
  const [state] = locked.rows
  if (state === undefined || (thinned.rows[0]?.thinned_to ?? 0) !== after) return false
  return merged.length === 0 || upTo <= state.checkpoint_version
}

async function bytesOf(trx: Trx, { document, after, upTo }: ThinnedRange): Promise<number> {
  const { rows } = await sql<{ bytes: number }>`
    select coalesce(sum(octet_length(update_data)), 0)::bigint as bytes
    from state_history
    where document = ${document} and version > ${after}::bigint and version <= ${upTo}::bigint
  `.execute(trx)
  return rows[0]?.bytes ?? 0
}

async function replaceRows(trx: Trx, { document, merged }: ThinnedRange): Promise<number> {
  const updates = merged.map(({ update }) => update ?? new Uint8Array())
  const starts: number[] = []
  let next = 1
  for (const { byteLength } of updates) {
    starts.push(next)
    next += byteLength
  }
  const { rows } = await sql<{ removed: number }>`
    with merged as (
      select *
      from unnest(
        ${merged.map(({ firstVersion }) => firstVersion)}::bigint[],
        ${merged.map(({ version }) => version)}::bigint[],
        ${starts}::int[],
        ${updates.map(({ byteLength }) => byteLength)}::int[]
      ) as m (first, last, start, length)
    ),
    superseded as (
      delete from state_history h
      using merged m
      where h.document = ${document} and h.version >= m.first and h.version < m.last
      returning 1
    ),
    renewed as (
      update state_history h
      set first_version = m.first,
          update_data = case m.length when 0 then h.update_data
                        else substring(${Buffer.concat(updates)}::bytea from m.start for m.length) end
      from merged m
      where h.document = ${document} and h.version = m.last
    )
    select count(*)::int as removed from superseded
  `.execute(trx)
  return rows[0]?.removed ?? 0
}
