import { NexusError, type Version } from '@nexus/core'
import * as Y from 'yjs'
import { type Attempt, attempt, type Change } from './change.ts'
import { decode, type PastDocument } from './past-documents.ts'
import type { Replica } from './replica.ts'

const tooLarge = ({ changeLimits: { maxStateChars } }: Replica): Attempt => ({
  state: 'spoilt',
  error: new NexusError('payload_too_large', `The state would exceed ${maxStateChars} characters.`),
})

/**
 * Applies changes to the replica, in order, each to the version its caller looked at. Nothing is awaited, so that no
 * update of somebody else comes between.
 *
 * @param past - For every change whose base is older than the replica: the document as it was then, not shared.
 * @returns One attempt per change, same order. After a `spoilt` one the rest has not been tried.
 */
export function attemptGroup(
  replica: Replica,
  changes: readonly Change[],
  past: ReadonlyMap<Change, PastDocument>,
): Attempt[] {
  const start = replica.version
  const startState = changes.slice(1).some(({ base }) => base === start) ? encode(replica) : null
  const attempts: Attempt[] = []
  let isDirty = false
  for (const change of changes) {
    const aside: PastDocument | null =
      past.get(change) ?? (isDirty && change.base === start ? fork(startState, replica) : null)
    const made: Attempt =
      aside === null ? attemptDirectly(replica, change) : attemptAside(replica, change, aside)
    const isTooLarge = made.state === 'changed' && replica.hasOutgrown()
    attempts.push(isTooLarge ? tooLarge(replica) : made)
    if (isTooLarge || made.state === 'spoilt') break
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
  if (made.state === 'changed') Y.applyUpdate(replica.doc, made.update, 'stale change')
  return made.state === 'spoilt' ? { state: 'refused', error: made.error } : made
}

const encode = (replica: Replica) => ({
  state: Y.encodeStateAsUpdate(replica.doc),
  model: replica.model(),
})

function fork(start: ReturnType<typeof encode> | null, replica: Replica): PastDocument {
  if (start === null) throw new Error(`The start of a group at version ${replica.version} was not kept.`)
  return { doc: decode(start.state), model: start.model }
}

function unknownBase(base: Version, currentVersion: Version): Attempt {
  const detail = `There is no version ${base} yet; the newest is ${currentVersion}.`
  return {
    state: 'refused',
    error: new NexusError('validation_failed', detail, { details: { pointer: '/version', currentVersion } }),
  }
}
