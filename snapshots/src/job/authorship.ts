import type { DocumentName, UserId, Version } from '@nexus/core'
import type { Db } from '@nexus/core/sql'
import { sql } from 'kysely'
import type { Signature } from '../git/repository.ts'
import { toLine } from './commit-message.ts'

/** Signs what no known person did, and is the committer of everything. */
export const NEXUS: Signature = { name: 'Nexus', email: 'nexus@localhost' }

/** The log entries of one document that a commit adds: `after < version ≤ upTo`. */
interface VersionRange {
  readonly document: DocumentName
  readonly after: Version
  readonly upTo: Version
}

interface Authorship {
  /** Who made most of the changes; {@link NEXUS} when nobody with an account did. */
  readonly author: Signature
  /** The others, most changes first. */
  readonly coAuthors: readonly Signature[]
  /** Of the newest change; `null` when there is none in the log. */
  readonly newestAt: Date | null
}

const NAME_CHARS = 100

/** Who changed what the ranges cover. Equal ranges give the same answer; ties go by user id. */
export async function readAuthorship(db: Db, ranges: readonly VersionRange[]): Promise<Authorship> {
  const { rows } = await sql<AuthorRow>`
    select h.user_id, u.name, u.email, count(*)::integer as changes, max(h.occurred_at) as newest_at
    from unnest(
      ${ranges.map((range) => range.document)}::text[],
      ${ranges.map((range) => range.after)}::bigint[],
      ${ranges.map((range) => range.upTo)}::bigint[]
    ) as r (document, after, up_to)
    join state_history h on h.document = r.document and h.version > r.after and h.version <= r.up_to
    left join users u on u.id = h.user_id
    group by h.user_id, u.name, u.email
    order by changes desc, h.user_id
  `.execute(db)
  const people = rows.flatMap((row) => toSignature(row) ?? [])
  return {
    author: people[0] ?? NEXUS,
    coAuthors: people.slice(1),
    newestAt: newest(rows.map((row) => row.newest_at)),
  }
}

interface AuthorRow {
  readonly user_id: UserId | null
  readonly name: string | null
  readonly email: string | null
  readonly newest_at: Date
}

/** Git ends a name at `<` and an address at `>`. */
function toSignature({ name, email }: AuthorRow): Signature | null {
  if (name === null || email === null) return null
  const clean = (text: string) => toLine(text.replace(/[<>]/g, ' '), NAME_CHARS)
  const address = clean(email).replaceAll(' ', '')
  return address === '' ? null : { name: clean(name) || address, email: address }
}

const newest = (times: readonly Date[]): Date | null =>
  times.length === 0 ? null : new Date(Math.max(...times.map((time) => time.getTime())))
