import {
  type AppendOutcome,
  type DocumentName,
  NexusError,
  toVersion,
  type UpdateDraft,
  type Version,
} from '@nexus/core'
import type { AppendQueue } from '@nexus/core/log'
import type { Attempt, Change, Changed } from './change.ts'
import type { Replica } from './replica.ts'

type Appended = Extract<AppendOutcome, { state: 'appended' }>

/** What a caller is told in the end. */
export type Result =
  | { readonly state: 'done'; readonly changed: Changed }
  | { readonly state: 'refused'; readonly error: unknown }

interface Group {
  readonly document: DocumentName
  readonly replica: Replica
  readonly changes: readonly Change[]
  /** One per change; none is `spoilt`. */
  readonly attempts: readonly Attempt[]
  /** What the replica was before the first attempt. */
  readonly start: Version
}

/**
 * Appends what a group did as one entry and says what each caller is to be told.
 *
 * @returns `repeated`: it was appended before, with the same receipt. The replica holds it a second time.
 * @throws {NexusError} `unavailable`, `version_conflict` or `not_found`: nobody may be told anything else, and the replica
 *   holds updates that are not saved.
 */
export async function saveGroup(queue: AppendQueue, group: Group): Promise<Result[] | 'repeated'> {
  const updates = group.attempts.flatMap((made, at) => toDraft(made, group.changes[at]))
  if (updates.length === 0) return resultsOf(group, null)
  const [first] = group.changes
  const expected = first?.expected ?? null
  const receipt = first?.receipt ?? null
  // A request can be told that it failed; only live edits are kept and retried.
  const outcome = await queue.appendOnce({
    document: group.document,
    updates,
    ...(expected === null ? {} : { expectedVersion: expected }),
    ...(receipt === null ? {} : { receipt }),
  })
  if (outcome.state === 'repeated') return 'repeated'
  if (outcome.state === 'conflict') throw versionConflict(outcome.currentVersion)
  if (outcome.state === 'missing') throw new NexusError('not_found', 'The panel has just been deleted.')
  group.replica.noteSaved({
    from: outcome.fromVersion,
    to: outcome.toVersion,
    at: outcome.occurredAt,
    updateBytes: updates.map(({ update }) => update.byteLength),
  })
  return resultsOf(group, outcome)
}

export const versionConflict = (currentVersion: Version): NexusError =>
  new NexusError('version_conflict', `The newest version is ${currentVersion}.`, {
    details: { currentVersion },
  })

function toDraft(made: Attempt, change: Change | undefined): UpdateDraft[] {
  return made.state === 'changed' && change !== undefined ? [{ ...change.cause, update: made.update }] : []
}

/** Answers that depend on an earlier change of the group are given too only now, when that one is saved. */
async function resultsOf({ replica, attempts, start }: Group, appended: Appended | null): Promise<Result[]> {
  let savedCount = 0
  const isAnyUnchanged = attempts.some(({ state }) => state === 'unchanged' || state === 'moot')
  const startedAt = isAnyUnchanged ? await replica.savedAt(start) : null
  return attempts.map((made) => {
    if (made.state === 'changed') savedCount += 1
    if (made.state === 'refused' || made.state === 'spoilt') return { state: 'refused', error: made.error }
    const isChanged = made.state === 'changed'
    if (appended === null || savedCount === 0) {
      const updatedAt = startedAt ?? new Date(0)
      return { state: 'done', changed: { version: start, updatedAt, isChanged, isRepeated: false } }
    }
    const version = toVersion(appended.fromVersion + savedCount - 1)
    const { occurredAt: updatedAt } = appended
    return { state: 'done', changed: { version, updatedAt, isChanged, isRepeated: false } }
  })
}
