import type { LogEntry, Version } from '@nexus/core'
import type { MergedRows } from '@nexus/core/sql'
import * as Y from 'yjs'

/** What one author does within this long becomes one version, ms. */
const RUN_MS = 60_000

/**
 * What old entries become, in order: those of one author within a minute are merged into one, and those that change nothing
 * go into the one after them. Whoever reads a version that remains reads what they read before.
 *
 * Applies the entries to `doc`, so that afterwards it is the document at the last of them; an update is taken from there as
 * Yjs would send it, without what came and went within it.
 *
 * @param doc - The document as it was before the first entry.
 * @param entries - Following one another.
 * @param isKept - Versions that must stay readable, because something names them.
 * @returns Only those that stand for more than their own entry; `null`, and something pending in `doc`, when an entry builds
 * on what is not there.
 */
export function mergeRuns(
  doc: Y.Doc,
  entries: readonly LogEntry[],
  isKept: (version: Version) => boolean,
): MergedRows[] | null {
  const merged: MergedRows[] = []
  /** First of the versions before the run that changed nothing. */
  let idle: Version | null = null
  for (const run of runsOf(entries, isKept)) {
    const [first, last] = [run[0], run.at(-1)]
    if (first === undefined || last === undefined) continue
    const update = applyAsOne(doc, run)
    if (doc.store.pendingStructs !== null || doc.store.pendingDs !== null) return null
    const firstVersion: Version = idle ?? first.firstVersion
    const isNothing = update === null && !isKept(last.version) && last !== entries.at(-1)
    idle = isNothing ? firstVersion : null
    if (isNothing || firstVersion === last.firstVersion) continue
    merged.push({ firstVersion, version: last.version, update: run.length === 1 ? null : update })
  }
  return merged
}

function* runsOf(
  entries: readonly LogEntry[],
  isKept: (version: Version) => boolean,
): Generator<readonly LogEntry[]> {
  let run: LogEntry[] = []
  for (const entry of entries) {
    const [first, last] = [run[0], run.at(-1)]
    if (first !== undefined && last !== undefined && (isKept(last.version) || !isOneRun(first, entry))) {
      yield run
      run = []
    }
    run.push(entry)
  }
  if (run.length > 0) yield run
}

const isOneRun = (first: LogEntry, next: LogEntry): boolean =>
  first.userId === next.userId &&
  first.triggeredBy === next.triggeredBy &&
  first.triggerSource === next.triggerSource &&
  first.changeType === 'updated' &&
  next.changeType === 'updated' &&
  next.occurredAt.getTime() - first.occurredAt.getTime() < RUN_MS

/** @returns What they did together; `null` when they did nothing. */
function applyAsOne(doc: Y.Doc, run: readonly LogEntry[]): Uint8Array | null {
  let made: Uint8Array | null = null
  const take = (update: Uint8Array): void => {
    made = update
  }
  doc.on('update', take)
  doc.transact(() => {
    for (const { update } of run) Y.applyUpdate(doc, update)
  })
  doc.off('update', take)
  return made
}
