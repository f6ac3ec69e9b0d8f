import { sql } from 'kysely'
import type { Version } from '../model/version.ts'
import type { AppendAllOutcome, AppendEntry, RefusedOutcome } from '../ports/update-log.ts'
import type { DocumentName } from '../wire/document-name.ts'
import { appendBatch } from './append-batch.ts'
import type { Db, Trx } from './database.ts'

/**
 * Appends entries of several documents in one transaction, or none of them. The rows are locked first, in the order of
 * their names as every append locks them, and everything that could refuse an entry is looked at before one is written.
 */
export function appendAll(db: Db | Trx, entries: readonly AppendEntry[]): Promise<AppendAllOutcome> {
  return db.isTransaction ? appendIn(db, entries) : db.transaction().execute((trx) => appendIn(trx, entries))
}

async function appendIn(trx: Db | Trx, entries: readonly AppendEntry[]): Promise<AppendAllOutcome> {
  const heads = await lockHeads(trx, entries)
  const kept = await receiptsKept(trx, entries)
  const refusals = entries.map((entry) => refusalOf(entry, heads, kept))
  if (refusals.some((refusal) => refusal !== null)) return { state: 'refused', refusals }
  const withUpdates = entries.filter(({ updates }) => updates.length > 0)
  const made = await appendBatch(
    trx,
    withUpdates.map(({ document, updates }) => ({ document, updates })),
  )
  const outcomes = entries.map((entry) => {
    const outcome = made[withUpdates.indexOf(entry)] ?? null
    if (outcome === null || outcome.state === 'appended') return outcome
    throw new Error('A locked document has refused an entry.')
  })
  await keepReceipts(trx, entries, (entry, index) => outcomes[index]?.toVersion ?? heads.get(entry.document))
  return { state: 'appended', outcomes }
}

async function lockHeads(
  trx: Db | Trx,
  entries: readonly AppendEntry[],
): Promise<ReadonlyMap<DocumentName, Version>> {
  const { rows } = await sql<{ document: DocumentName; version: Version }>`
    select document, version
    from panel_states
    where document = any(${entries.map(({ document }) => document)}::text[]) and deleted_at is null
    order by document
    for no key update
  `.execute(trx)
  return new Map(rows.map(({ document, version }) => [document, version]))
}

async function receiptsKept(
  trx: Db | Trx,
  entries: readonly AppendEntry[],
): Promise<ReadonlySet<DocumentName>> {
  const asked = entries.filter(({ receipt }) => receipt !== undefined)
  if (asked.length === 0) return new Set()
  const { rows } = await sql<{ document: DocumentName }>`
    select r.document
    from unnest(
      ${asked.map(({ document }) => document)}::text[], ${asked.map(({ receipt }) => receipt?.id ?? '')}::text[]
    ) as a (document, id)
    join append_receipts r on r.document = a.document and r.id = a.id
  `.execute(trx)
  return new Set(rows.map(({ document }) => document))
}

function refusalOf(
  { document, expectedVersion }: AppendEntry,
  heads: ReadonlyMap<DocumentName, Version>,
  kept: ReadonlySet<DocumentName>,
): RefusedOutcome | null {
  const head = heads.get(document)
  if (head === undefined) return { state: 'missing' }
  if (kept.has(document)) return { state: 'repeated' }
  const isConflict = expectedVersion !== undefined && expectedVersion !== head
  return isConflict ? { state: 'conflict', currentVersion: head } : null
}

async function keepReceipts(
  trx: Db | Trx,
  entries: readonly AppendEntry[],
  versionOf: (entry: AppendEntry, index: number) => Version | undefined,
): Promise<void> {
  const values = entries.flatMap((entry, index) => {
    const { document, receipt } = entry
    const version = versionOf(entry, index)
    return receipt === undefined || version === undefined ? [] : [{ document, ...receipt, version }]
  })
  if (values.length > 0) await trx.insertInto('append_receipts').values(values).execute()
}
