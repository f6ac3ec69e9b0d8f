import { CompiledQuery } from 'kysely'
import { toVersion } from '../model/version.ts'
import type { AppendEntry, AppendOutcome } from '../ports/update-log.ts'
import { appendReceipted } from './append-receipted.ts'
import { appendToOne } from './append-to-one.ts'
import type { Db, Trx } from './database.ts'
import { draftColumns } from './draft-columns.ts'

interface OutcomeRow {
  /** Head before the append; `null`: no such document. */
  head: number | null
  /** Milliseconds since 1970; `null`: the entry was not appended. */
  occurred_at: number | null
}

/** Its text is put together once: every edit runs it, and a template would be compiled for each. */
const APPEND = `
  with entry as (
    select *
    from unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[])
      with ordinality as e (document, expected, count, bytes, number)
  ),
  locked as (
    select document, version, updated_at
    from panel_states
    where document = any($1::text[]) and deleted_at is null
    order by document
    for no key update
  ),
  accepted as materialized (
    select e.number, e.document, e.count, e.bytes, l.version as head,
           date_trunc('milliseconds', greatest(clock_timestamp(), l.updated_at)) as occurred_at
    from entry e
    join locked l on l.document = e.document
    where e.expected is null or e.expected = l.version
  ),
  raised as (
    update panel_states p
    set version = a.head + a.count,
        log_bytes = p.log_bytes + a.bytes,
        tail_bytes = p.tail_bytes + a.bytes,
        updated_at = a.occurred_at
    from accepted a
    where p.document = a.document
  ),
  written as (
    insert into state_history (document, version, update_data, user_id, triggered_by, trigger_source,
                               change_type, client_session, occurred_at)
    select a.document, a.head + u.position,
           substring($5::bytea from u.start for u.length), u.user_id, u.triggered_by, u.trigger_source,
           u.change_type, u.client_session, a.occurred_at
    from accepted a
    join unnest($6::bigint[], $7::bigint[], $8::int[], $9::int[],
                $10::text[], $11::text[], $12::text[], $13::text[], $14::text[])
      as u (number, position, start, length, user_id, triggered_by, trigger_source, change_type, client_session)
      on u.number = a.number
  )
  select l.version as head, (extract(epoch from a.occurred_at) * 1000)::bigint as occurred_at
  from entry e
  left join locked l on l.document = e.document
  left join accepted a on a.number = e.number
  order by e.number`

/**
 * Appends a batch: what has receipts entry by entry, the rest together.
 *
 * @throws The database's error. What went before the failing statement is committed.
 */
export async function appendBatch(db: Db | Trx, batch: readonly AppendEntry[]): Promise<AppendOutcome[]> {
  assertOneEntryPerDocument(batch)
  if (batch.every(({ receipt }) => receipt === undefined)) return appendTogether(db, batch)
  const together = batch.filter(({ receipt }) => receipt === undefined)
  const outcomes = new Map(zip(together, await appendTogether(db, together)))
  for (const entry of batch) {
    const { receipt } = entry
    if (receipt !== undefined) outcomes.set(entry, await appendReceipted(db, { ...entry, receipt }))
  }
  return batch.map((entry) => outcomes.get(entry) ?? { state: 'missing' })
}

const zip = (
  entries: readonly AppendEntry[],
  outcomes: readonly AppendOutcome[],
): (readonly [AppendEntry, AppendOutcome])[] =>
  entries.flatMap((entry, index) => {
    const outcome = outcomes[index]
    return outcome === undefined ? [] : [[entry, outcome] as const]
  })

/**
 * One statement, so one commit for the whole batch.
 *
 * - A batch of one is tried with a statement of its own first; what that does not append is decided here.
 * - `locked` takes the rows in the order of their names, whatever order the batch has: two batches cannot deadlock.
 *   Under read committed a row that another append has just changed is read again once it is locked, so `version` is
 *   the head at this moment, not that of the statement's snapshot.
 * - `accepted` is read twice and therefore computed once: `occurred_at` is one value for an entry. It is taken after the
 *   lock and never lies before the entry before it, because reading "as of a time" searches by it. It is cut to
 *   milliseconds, which is all a JavaScript date can hold.
 * - `no key update` rather than `update`: the foreign keys of state_history and state_checkpoints need not wait.
 */
async function appendTogether(db: Db | Trx, batch: readonly AppendEntry[]): Promise<AppendOutcome[]> {
  if (batch.length === 0) return []
  const [only, second] = batch
  const appended = only !== undefined && second === undefined ? await appendToOne(db, only) : null
  if (appended !== null) return [appended]
  const drafts = draftColumns(batch.flatMap((entry) => entry.updates))
  const parameters = [
    batch.map((entry) => entry.document),
    batch.map((entry) => entry.expectedVersion ?? null),
    batch.map((entry) => entry.updates.length),
    batch.map((entry) => entry.updates.reduce((sum, { update }) => sum + update.length, 0)),
    drafts.bytes,
    batch.flatMap((entry, index) => entry.updates.map(() => index + 1)),
    batch.flatMap((entry) => entry.updates.map((_, index) => index + 1)),
    drafts.starts,
    drafts.lengths,
    drafts.userIds,
    drafts.triggeredBy,
    drafts.triggerSources,
    drafts.changeTypes,
    drafts.clientSessions,
  ]
  const { rows } = await db.executeQuery<OutcomeRow>(CompiledQuery.raw(APPEND, parameters))
  return batch.map((entry, index) => toOutcome(entry, rows[index]))
}

function toOutcome(entry: AppendEntry, row: OutcomeRow | undefined): AppendOutcome {
  if (row === undefined || row.head === null) return { state: 'missing' }
  if (row.occurred_at === null) return { state: 'conflict', currentVersion: toVersion(row.head) }
  return {
    state: 'appended',
    fromVersion: toVersion(row.head + 1),
    toVersion: toVersion(row.head + entry.updates.length),
    occurredAt: new Date(row.occurred_at),
  }
}

/** Two entries for one document would get the same versions. Callers gather them into one (the append queue does). */
function assertOneEntryPerDocument(batch: readonly AppendEntry[]): void {
  const seen = new Set<string>()
  for (const { document, updates } of batch) {
    if (seen.has(document)) throw new Error(`Two entries for document ${document} in one batch.`)
    if (updates.length === 0) throw new Error(`An entry for document ${document} has no updates.`)
    seen.add(document)
  }
}
