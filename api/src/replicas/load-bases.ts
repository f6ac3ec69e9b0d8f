import { type DocumentName, isNexusError } from '@nexus/core'
import type { Change } from './change.ts'
import { MAX_DECODED_BYTES } from './change-group.ts'
import type { EncodedDocument, PastDocuments } from './past-documents.ts'
import type { Replica } from './replica.ts'
import { versionConflict } from './save-group.ts'

interface Asked {
  readonly asked: Change
  readonly reject: (error: unknown) => void
}

interface Parts {
  readonly past: PastDocuments
  readonly document: DocumentName
}

interface Loaded<Waiting> {
  /** Those that can be made now, in order. */
  readonly ready: readonly Waiting[]
  /** Those that have to wait for another turn, in order. */
  readonly later: readonly Waiting[]
  /** What those looked at who looked at an older version than the replica has. */
  readonly bases: ReadonlyMap<Change, EncodedDocument>
}

/** Documents read at the same time. */
const CONCURRENT_READS = 8

/**
 * Reads what changes looked at, of as many as can be made in one turn. Those whose base cannot be had are told, and are in
 * neither list. When it resolves nothing is missing, although others may have saved something meanwhile.
 */
export async function loadBases<Waiting extends Asked>(
  { past, document }: Parts,
  replica: Replica,
  group: readonly Waiting[],
): Promise<Loaded<Waiting>> {
  const bases = new Map<Change, EncodedDocument>()
  let ready = group
  let later: readonly Waiting[] = []
  const load = async (waiting: Waiting): Promise<void> => {
    const { asked } = waiting
    if (asked.base === null) return
    try {
      bases.set(asked, await past.load(document, asked.base))
    } catch (error) {
      ready = ready.filter((each) => each !== waiting)
      waiting.reject(isMerged(error) ? versionConflict(replica.version) : error)
    }
  }
  const isMissing = ({ asked }: Waiting): boolean =>
    asked.base !== null && asked.base < replica.version && !bases.has(asked)
  for (let missing = ready.filter(isMissing); missing.length > 0; missing = ready.filter(isMissing)) {
    await Promise.all(missing.slice(0, CONCURRENT_READS).map(load))
    const fitting = countFitting(ready, bases)
    later = [...ready.slice(fitting), ...later]
    ready = ready.slice(0, fitting)
  }
  return { ready, later, bases }
}

/** How many from the first on can be made together; one at least. */
function countFitting(group: readonly Asked[], bases: ReadonlyMap<Change, EncodedDocument>): number {
  let bytes = 0
  const over = group.findIndex(({ asked }, at) => {
    bytes += bases.get(asked)?.state.byteLength ?? 0
    return at > 0 && bytes > MAX_DECODED_BYTES
  })
  return over === -1 ? group.length : over
}

/** The state the change was made for is not kept any more: its sender must look again. */
export const isMerged = (error: unknown): boolean =>
  isNexusError(error, 'not_found') && error.details.mergedInto !== undefined
