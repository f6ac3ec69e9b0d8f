import {
  type AppendAllOutcome,
  type AppendEntry,
  type AppendedOutcome,
  type DocumentName,
  isNexusError,
  NexusError,
  type Receipts,
  type Version,
} from '@nexus/core'
import type { AppendQueue } from '@nexus/core/log'
import type { Attempt, Change, Changed } from './change.ts'
import { attemptGroup } from './change-group.ts'
import type { DocumentWork, HeldDocument } from './document-work.ts'
import { findKept } from './kept-receipts.ts'
import { isMerged } from './load-bases.ts'
import type { EncodedDocument, PastDocuments } from './past-documents.ts'
import type { Replica } from './replica.ts'
import { versionConflict } from './save-group.ts'

interface Parts {
  readonly queue: AppendQueue
  readonly past: PastDocuments
  readonly receipts: Receipts
  workOn(document: DocumentName): DocumentWork
}

/** The change of one document among those that are made together. */
export interface PartOfBatch {
  readonly document: DocumentName
  readonly change: Change
}

/** Why all of it was refused: what is wrong with one part. */
export class PartRefused extends Error {
  readonly part: PartOfBatch

  constructor(part: PartOfBatch, cause: unknown) {
    super('One of the changes was refused.', { cause })
    this.name = 'PartRefused'
    this.part = part
  }
}

/** Another process was faster by a moment with the same request. */
class CarriedOutElsewhere extends NexusError {
  constructor() {
    super('unavailable', 'The same request is being carried out; ask again.')
  }
}

interface Target {
  readonly part: PartOfBatch
  readonly held: HeldDocument
  readonly replica: Replica
  past: EncodedDocument | null
}

/**
 * Changes several documents in one commit, or none. Each change is made as it would be alone: to the version its caller
 * looked at, merged into what is newest, with its condition checked by the append.
 *
 * @param parts - Of different documents. All have the same receipt, or none has one.
 * @returns What became of each, same order; when it resolves, all are committed.
 * @throws {PartRefused} Nothing has changed. @throws {NexusError} `idempotency_key_reused`: nothing has changed.
 *   `unavailable`: all of it, or nothing, may have been saved.
 */
export async function changeTogether(context: Parts, parts: readonly PartOfBatch[]): Promise<Changed[]> {
  const byName = parts.toSorted((a, b) => (a.document < b.document ? -1 : 1))
  const holds: Hold[] = []
  try {
    // In the order of names, one after the other: two who want the same documents never wait for each other.
    for (const part of byName) holds.push({ part, held: await context.workOn(part.document).hold() })
    const repeated = await findRepeated(context, parts)
    if (repeated !== null) return repeated
    return await changeHeld(context, parts, holds).catch(async (error: unknown) => {
      // The same request, carried out by another process meanwhile, may be what refuses this one.
      const isRefused = error instanceof PartRefused || error instanceof CarriedOutElsewhere
      const done = isRefused ? await findRepeated(context, parts) : null
      if (done === null) throw error
      return done
    })
  } finally {
    for (const { held } of holds) held.release()
  }
}

interface Hold {
  readonly part: PartOfBatch
  readonly held: HeldDocument
}

async function changeHeld(
  context: Parts,
  parts: readonly PartOfBatch[],
  holds: readonly Hold[],
): Promise<Changed[]> {
  const targets = await Promise.all(holds.map((each) => prepare(each)))
  // Others may save something meanwhile: looked at again until nothing is missing at the moment of the change itself.
  for (let missing = missingPasts(targets); missing.length > 0; missing = missingPasts(targets))
    for (const each of missing) await openPast(context, each)
  const changed = await changeAll(context, targets)
  return parts.map((part) => changed.get(part) ?? notDone(part))
}

const notDone = ({ document }: PartOfBatch): never => {
  throw new Error(`Nothing became of the change of ${document}.`)
}

async function prepare({ part, held }: Pick<Target, 'part' | 'held'>): Promise<Target> {
  try {
    return { part, held, replica: await held.open(part.change.head), past: null }
  } catch (error) {
    throw isNexusError(error, 'unavailable') ? error : new PartRefused(part, error)
  }
}

interface MissingPast {
  readonly target: Target
  readonly base: Version
}

/** Those who looked at a version that is not the newest any more, and have not got it yet. */
const missingPasts = (targets: readonly Target[]): MissingPast[] =>
  targets.flatMap((target) => {
    const { base } = target.part.change
    return base !== null && base < target.replica.version && target.past === null ? [{ target, base }] : []
  })

async function openPast({ past }: Parts, { target, base }: MissingPast): Promise<void> {
  try {
    target.past = await past.load(target.part.document, base)
  } catch (error) {
    if (isNexusError(error, 'unavailable')) throw error
    throw new PartRefused(target.part, isMerged(error) ? versionConflict(target.replica.version) : error)
  }
}

async function changeAll(context: Parts, targets: readonly Target[]): Promise<Map<PartOfBatch, Changed>> {
  const attempts = new Map<Target, Attempt>()
  const moot: Target[] = []
  try {
    // Nothing is awaited before the append: what is newest is so for all of them.
    const starts = new Map(targets.map((target) => [target, target.replica.version]))
    for (const target of targets) {
      const made = attemptOrThrow(target, attempts)
      if (made.state === 'moot') moot.push(target)
    }
    const entries = targets.map((target) => toEntry(target, attempts.get(target)))
    const outcomes = await appendIfNeeded(context, targets, entries)
    const changed = new Map<PartOfBatch, Changed>()
    for (const [index, target] of targets.entries()) {
      const appended = outcomes[index] ?? null
      const version = appended?.toVersion ?? starts.get(target) ?? target.replica.version
      if (appended !== null) noteSaved(target, appended, entries[index])
      attempts.delete(target)
      const updatedAt = appended?.occurredAt ?? (await target.replica.savedAt(version))
      changed.set(target.part, { version, updatedAt, isChanged: appended !== null, isRepeated: false })
    }
    return changed
  } catch (error) {
    // They hold something that is not saved, or perhaps is. The next replica has another client id.
    for (const [{ held }, { state }] of attempts) if (state === 'changed' || state === 'spoilt') held.letGo()
    throw error
  } finally {
    for (const { held } of moot) held.letGo()
  }
}

function attemptOrThrow(target: Target, attempts: Map<Target, Attempt>): Attempt {
  const { part, replica, past } = target
  const { change } = part
  if (change.expected !== null && change.expected !== replica.version)
    throw new PartRefused(part, versionConflict(replica.version))
  const [made] = attemptGroup(replica, [change], past === null ? new Map() : new Map([[change, past]]))
  if (made === undefined) throw new Error('A group of one has no attempt.')
  attempts.set(target, made)
  if (made.state === 'refused' || made.state === 'spoilt') throw new PartRefused(part, made.error)
  return made
}

/** Without updates when nothing changed: its condition and its receipt count all the same. */
function toEntry({ part }: Target, made: Attempt | undefined): AppendEntry {
  const { document, change } = part
  return {
    document,
    updates: made?.state === 'changed' ? [{ ...change.cause, update: made.update }] : [],
    ...(change.expected === null ? {} : { expectedVersion: change.expected }),
    ...(change.receipt === null ? {} : { receipt: change.receipt }),
  }
}

/** @returns Same order; `null` where nothing was appended. */
async function appendIfNeeded(
  { queue }: Parts,
  targets: readonly Target[],
  entries: readonly AppendEntry[],
): Promise<readonly (AppendedOutcome | null)[]> {
  const isNeeded = entries.some(
    ({ updates, expectedVersion, receipt }) =>
      updates.length > 0 || expectedVersion !== undefined || receipt !== undefined,
  )
  if (!isNeeded) return []
  const outcome = await queue.appendAll(entries)
  if (outcome.state === 'appended') return outcome.outcomes
  throw refusalOf(targets, outcome.refusals)
}

function noteSaved({ replica }: Target, appended: AppendedOutcome, entry: AppendEntry | undefined): void {
  replica.noteSaved({
    from: appended.fromVersion,
    to: appended.toVersion,
    at: appended.occurredAt,
    updateBytes: entry?.updates.map(({ update }) => update.byteLength) ?? [],
  })
}

function refusalOf(
  targets: readonly Target[],
  refusals: Extract<AppendAllOutcome, { state: 'refused' }>['refusals'],
): Error {
  for (const [index, refusal] of refusals.entries()) {
    const target = targets[index]
    if (target === undefined || refusal === null) continue
    if (refusal.state === 'conflict')
      return new PartRefused(target.part, versionConflict(refusal.currentVersion))
    if (refusal.state === 'missing')
      return new PartRefused(target.part, new NexusError('not_found', 'The panel has just been deleted.'))
    return new CarriedOutElsewhere()
  }
  return new Error('A batch was refused without a reason.')
}

/** What became of it before, when it was carried out before: all receipts are kept in one commit. */
async function findRepeated({ receipts }: Parts, parts: readonly PartOfBatch[]): Promise<Changed[] | null> {
  const receipt = parts[0]?.change.receipt ?? null
  const kept = await findKept(
    receipts,
    parts.map(({ document }) => document),
    receipt,
  )
  if (kept.size === 0) return null
  return parts.map(({ document }) => {
    const found = kept.get(document)
    // With the same fingerprint it names the same panels: one of them has been deleted for good since.
    if (found === undefined) throw new NexusError('not_found', 'A panel of the batch is gone.')
    return { version: found.version, updatedAt: found.occurredAt, isChanged: false, isRepeated: true }
  })
}
