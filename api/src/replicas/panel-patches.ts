import { setImmediate as nextTurn } from 'node:timers/promises'
import {
  type DocumentName,
  type LogEntry,
  NexusError,
  toVersion,
  type UpdateLog,
  type Version,
} from '@nexus/core'
import { FREE_FORM_MODEL, type JsonPatchOperation, observeJsonPatch, readSource } from '@nexus/core/document'
import * as Y from 'yjs'
import type { PastDocuments } from './past-documents.ts'
import { createSourceModels } from './source-models.ts'

const PAGE = 1_000
/** JSON of all patches of one answer, characters. */
const MAX_CHARS = 32_000_000
/** Others get their turn after this long, in ms: a version with many computed values takes its time. */
const TURN_MS = 20

interface Range {
  readonly document: DocumentName
  readonly from: Version
  readonly to: Version
}

interface Parts {
  readonly log: UpdateLog
  readonly past: PastDocuments
}

/** What one version did to the JSON of a panel, and why. */
export interface PanelChange
  extends Pick<
    LogEntry,
    'version' | 'firstVersion' | 'userId' | 'triggeredBy' | 'triggerSource' | 'occurredAt'
  > {
  readonly patch: readonly JsonPatchOperation[]
}

/**
 * What each of the versions `from`…`to` (both included) did to the JSON of the panel, as a JSON Patch, in order.
 *
 * Applying them one after the other leads from what `GET` answers at `from - 1` to what it answers at `to`. Versions that
 * changed nothing one can read have an empty patch. Derived from the log, which is read from `from` on.
 */
export async function* patchesOf(
  { log, past }: Parts,
  { document, from, to }: Range,
): AsyncGenerator<PanelChange> {
  const before = from <= 1 ? null : await past.open(document, toVersion(from - 1))
  const doc = before?.doc ?? new Y.Doc()
  const models = createSourceModels(before?.model ?? FREE_FORM_MODEL)
  doc.getText('nxml').observe(() => models.show(readSource(doc)))
  let made: JsonPatchOperation[] = []
  let turnEndsAt = performance.now() + TURN_MS
  const stop = observeJsonPatch(doc, models.current, (patch) => {
    made = made.concat(patch)
  })
  try {
    for (let after = toVersion(from - 1); after < to; ) {
      const entries = await log.readTail(document, { after, upTo: to, limit: PAGE })
      for (const {
        update,
        version,
        firstVersion,
        userId,
        triggeredBy,
        triggerSource,
        occurredAt,
      } of entries) {
        made = []
        Y.applyUpdate(doc, update)
        yield { version, firstVersion, patch: made, userId, triggeredBy, triggerSource, occurredAt }
        if (performance.now() < turnEndsAt) continue
        await nextTurn()
        turnEndsAt = performance.now() + TURN_MS
      }
      const last = entries.at(-1)
      if (last === undefined) break
      after = last.version
    }
  } finally {
    stop()
    doc.destroy()
  }
}

/**
 * All of {@link patchesOf} at once.
 *
 * @throws {NexusError} `payload_too_large` when the patches together are larger than anybody should be sent.
 */
export async function readPatches(
  parts: Parts,
  range: Range,
): Promise<Map<Version, readonly JsonPatchOperation[]>> {
  const patches = new Map<Version, readonly JsonPatchOperation[]>()
  let charsLeft = MAX_CHARS
  for await (const { version, patch } of patchesOf(parts, range)) {
    patches.set(version, patch)
    if (patch.length > 0) charsLeft -= JSON.stringify(patch).length
    if (charsLeft < 0) throw tooLarge()
  }
  return patches
}

const tooLarge = (): NexusError =>
  new NexusError('payload_too_large', 'These changes are too large for one answer; ask for fewer at once.')
