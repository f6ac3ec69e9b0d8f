import { NexusError, type Version } from '@nexus/core'
import * as Y from 'yjs'
import { type Attempt, attempt, type Change } from './change.ts'
import { decode, type EncodedDocument, type PastDocument } from './past-documents.ts'
import type { Replica } from './replica.ts'

/** Of all that one group decodes, one document aside; some 20 ms in which nothing else happens. */
export const MAX_DECODED_BYTES = 2_000_000

const tooLarge = ({ changeLimits: { maxStateChars } }: Replica): Attempt => ({
  state: 'spoilt',
  error: new NexusError('payload_too_large', `The state would exceed ${maxStateChars} characters.`),
})

/**
 * Applies changes to the replica, in order, each to the version its caller looked at. Nothing is awaited, so that no
 * update of somebody else comes between.
 *
 * @param past - For every change whose base is older than the replica: the document as it was then.
 * @returns One attempt per change, same order. After a `spoilt` or `moot` one, and when the documents that had to be decoded become
 *   too much for one turn of the process, the rest has not been tried.
 */
export function attemptGroup(
  replica: Replica,
  changes: readonly Change[],
  past: ReadonlyMap<Change, EncodedDocument>,
): Attempt[] {
  const start = replica.version
  const startState = changes.slice(1).some(({ base }) => base === start) ? encode(replica) : null
  const attempts: Attempt[] = []
  let isDirty = false
  let decodedBytes = 0
  for (const change of changes) {
    const aside: EncodedDocument | null =
      past.get(change) ?? (isDirty && change.base === start ? startState : null)
    decodedBytes += aside?.state.byteLength ?? 0
    if (attempts.length > 0 && decodedBytes > MAX_DECODED_BYTES) break
    const made: Attempt =
      aside === null ? attemptDirectly(replica, change) : attemptAside(replica, change, decode(aside))
    const isTooLarge = made.state === 'changed' && replica.hasOutgrown()
    attempts.push(isTooLarge ? tooLarge(replica) : made)
    if (isTooLarge || made.state === 'spoilt' || made.state === 'moot') break
    isDirty ||= made.state === 'changed'
  }
  return attempts
}

function attemptDirectly(replica: Replica, change: Change): Attempt {
  if (change.base !== null && change.base > replica.version) return unknownBase(change.base, replica.version)
  const { doc, changeLimits } = replica
  return attempt(change, { ...changeLimits, doc, model: replica.model() })
}

/** Makes the change in a document of its own and merges what it did into the replica. */
function attemptAside(replica: Replica, change: Change, { doc, model }: PastDocument): Attempt {
  const made = attempt(change, { ...replica.changeLimits, doc, model })
  doc.destroy()
  if (made.state === 'changed' && !mergeVisibly(replica.doc, made.update)) return { state: 'moot' }
  return made.state === 'spoilt' ? { state: 'refused', error: made.error } : made
}

/** @returns Whether anything of the update is in what can be read: not when others have deleted what it is in. */
function mergeVisibly(doc: Y.Doc, update: Uint8Array): boolean {
  let isVisible = false
  const look = ({ changed }: Y.Transaction): void => {
    isVisible ||= changed.size > 0
  }
  doc.on('afterTransaction', look)
  Y.applyUpdate(doc, update, 'stale change')
  doc.off('afterTransaction', look)
  return isVisible
}

const encode = (replica: Replica): EncodedDocument => ({
  state: Y.encodeStateAsUpdate(replica.doc),
  model: replica.model(),
})

function unknownBase(base: Version, currentVersion: Version): Attempt {
  const detail = `There is no version ${base} yet; the newest is ${currentVersion}.`
  return {
    state: 'refused',
    error: new NexusError('validation_failed', detail, { details: { pointer: '/version', currentVersion } }),
  }
}
