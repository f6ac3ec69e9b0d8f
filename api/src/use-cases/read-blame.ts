import { type DocumentName, NexusError, panelDocumentName, type Version } from '@nexus/core'
import { type Blame, type BlamedValue, parsePointer } from '@nexus/core/document'
import type { BlameEntry } from '@nexus/core/http-contract'
import type { Db } from '@nexus/core/sql'
import type { Replicas } from '../replicas/replicas.ts'
import { notAPointer, nothingThere, type PanelAddress } from './read-state.ts'

/** Values one answer may list. */
const MAX_VALUES = 20_000

interface Parts {
  readonly db: Db
  readonly replicas: Replicas
}

/**
 * For each value of the state, at and below a pointer, the change that last set it.
 *
 * @throws {NexusError} `validation_failed` for what is no pointer into the state, `not_found` when there is nothing,
 *   `payload_too_large` when there is too much.
 */
export async function readBlame(
  { db, replicas }: Parts,
  { workspaceId, panelId }: PanelAddress,
  asked: { readonly pointer: string; readonly head: Version },
): Promise<BlameEntry[]> {
  const path = pathIntoState(asked.pointer)
  const document = panelDocumentName(workspaceId, panelId)
  /** `null`: the log has not got all versions the blame names. */
  const read = async (): Promise<BlameEntry[] | null> => {
    const { blame } = await replicas.readBlame(document, asked.head)
    const values = valuesAt(blame, path, asked.pointer)
    const causes = await causesOf(db, document, new Set(values.map(({ version }) => version)))
    const entries = values.flatMap(({ pointer, version }) => {
      const cause = causes.get(version)
      return cause === undefined ? [] : [{ pointer, version, ...cause }]
    })
    return entries.length === values.length ? entries : null
  }
  const known = await read()
  if (known !== null) return known
  // Old history was thinned since the blame was read: some versions are part of others now.
  replicas.forgetBlame(document)
  const anew = await read()
  if (anew === null) throw new Error(`Versions of ${document} that its blame names are not in the log.`)
  return anew
}

function valuesAt(blame: Blame, path: readonly string[], pointer: string): BlamedValue[] {
  const values = blame.below(path)
  if (values === null) throw nothingThere(pointer)
  const listed = [...values.take(MAX_VALUES + 1)]
  if (listed.length <= MAX_VALUES) return listed
  throw new NexusError(
    'payload_too_large',
    `There are more than ${MAX_VALUES} values; ask with a pointer to some of them.`,
  )
}

/** Nobody sets computed values: they follow from the state. */
function pathIntoState(pointer: string): string[] {
  const path = parsePointer(pointer)
  if (path === null) throw notAPointer(pointer)
  if (path[0] !== '$computed') return path.length === 0 ? ['$state'] : path
  throw new NexusError('validation_failed', 'Computed values follow from the state; nobody sets them.', {
    details: { pointer },
  })
}

async function causesOf(db: Db, document: DocumentName, versions: ReadonlySet<Version>) {
  const rows = await db
    .selectFrom('state_history')
    .select(['version', 'user_id', 'triggered_by', 'occurred_at'])
    .where('document', '=', document)
    .where(({ eb, val }) => eb('version', '=', eb.fn.any(val([...versions]))))
    .execute()
  return new Map<number, Omit<BlameEntry, 'pointer' | 'version'>>(
    rows.map((row) => [
      row.version,
      {
        userId: row.user_id,
        triggeredBy: row.triggered_by,
        occurredAt: row.occurred_at.toISOString(),
      },
    ]),
  )
}
