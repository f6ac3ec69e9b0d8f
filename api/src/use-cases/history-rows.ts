import type { DocumentName, TriggeredBy, UpdateLog, UserId, Version } from '@nexus/core'
import type { Db } from '@nexus/core/sql'
import { sql } from 'kysely'

export interface HistoryQuery {
  readonly limit: number
  readonly offset: number
  readonly since: Date | null
  readonly until: Date | null
  readonly triggeredBy: TriggeredBy | null
  readonly userId: UserId | null
}

/** Versions with `after < version ≤ upTo`. */
interface VersionRange {
  readonly after: number
  readonly upTo: number
}

/**
 * The versions a query's times mean. Times grow with versions, so a search takes the place of looking at every row; log
 * and queries both count in milliseconds.
 */
export async function versionsBetween(
  log: UpdateLog,
  document: DocumentName,
  { since, until, head }: Pick<HistoryQuery, 'since' | 'until'> & { readonly head: Version },
): Promise<VersionRange> {
  const lastAt = async (time: number) => (await log.versionAt(document, new Date(time))) ?? 0
  const after = since === null ? 0 : await lastAt(since.getTime() - 1)
  const upTo = until === null ? head : Math.min(head, await lastAt(until.getTime()))
  return { after, upTo: Math.max(after, upTo) }
}

/**
 * How many rows match, and which they are, newest first. Above what has been thinned every version has its row, so that
 * without filters those are counted and skipped without being looked at, however many there are.
 */
export async function readHistoryRows(
  db: Db,
  document: DocumentName,
  range: VersionRange,
  query: HistoryQuery,
) {
  const isFiltered = query.triggeredBy !== null || query.userId !== null
  const thinnedTo = isFiltered ? range.upTo : Math.min(range.upTo, await readThinnedTo(db, document))
  const thinned = { after: range.after, upTo: Math.max(range.after, thinnedTo) }
  const denseCount = range.upTo - thinned.upTo
  const skippedDense = Math.min(query.offset, denseCount)
  const total = denseCount + (await countRows(db, document, thinned, query))
  const rows = await matching(db, document, { after: range.after, upTo: range.upTo - skippedDense }, query)
    .select(['version', 'first_version', 'user_id', 'triggered_by', 'trigger_source', 'change_type'])
    .select(['occurred_at', sql<number>`length(update_data)`.as('size_bytes')])
    .orderBy('version', 'desc')
    .limit(query.limit)
    .offset(query.offset - skippedDense)
    .execute()
  return { total, rows }
}

async function readThinnedTo(db: Db, document: DocumentName): Promise<number> {
  const row = await db
    .selectFrom('history_thinning')
    .select('thinned_to')
    .where('document', '=', document)
    .executeTakeFirst()
  return row?.thinned_to ?? 0
}

async function countRows(
  db: Db,
  document: DocumentName,
  range: VersionRange,
  query: HistoryQuery,
): Promise<number> {
  if (range.after === range.upTo) return 0
  const { total } = await matching(db, document, range, query)
    .select(({ fn }) => fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow()
  return Number(total)
}

function matching(
  db: Db,
  document: DocumentName,
  { after, upTo }: VersionRange,
  { triggeredBy, userId }: HistoryQuery,
) {
  let query = db
    .selectFrom('state_history')
    .where('document', '=', document)
    .where(sql<boolean>`version > ${after}::bigint and version <= ${upTo}::bigint`)
  if (triggeredBy !== null) query = query.where('triggered_by', '=', triggeredBy)
  return userId === null ? query : query.where('user_id', '=', userId)
}
