import { setImmediate as nextTurn } from 'node:timers/promises'
import { type DocumentName, NexusError, toVersion, type UpdateLog, type Version } from '@nexus/core'
import { FREE_FORM_MODEL, type JsonPatchOperation, observeJsonPatch, readSource } from '@nexus/core/document'
import * as Y from 'yjs'
import type { PastDocuments } from './past-documents.ts'
import { createSourceModels } from './source-models.ts'

const PAGE = 1_000
/** JSON of all patches of one answer, characters. */
const MAX_CHARS = 32_000_000
/** Others get their turn after this long, in ms: a version with many computed values takes its time. */
const TURN_MS = 20

/**
 * What each of the versions `from`…`to` (both included) did to the JSON of the panel, as a JSON Patch.
 *
 * Applying them one after the other leads from what `GET` answers at `from - 1` to what it answers at `to`. Versions that
 * changed nothing one can read have an empty patch. Derived from the log, which is read from `from` on.
 *
 * @throws {NexusError} `payload_too_large` when the patches together are larger than anybody should be sent.
 */
export async function readPatches(
  { log, past }: { readonly log: UpdateLog; readonly past: PastDocuments },
  wanted: { readonly document: DocumentName; readonly from: Version; readonly to: Version },
): Promise<Map<Version, JsonPatchOperation[]>> {
  const { document, from, to } = wanted
  const before = from <= 1 ? null : await past.open(document, toVersion(from - 1))
  const doc = before?.doc ?? new Y.Doc()
  const models = createSourceModels(before?.model ?? FREE_FORM_MODEL)
  doc.getText('nxml').observe(() => models.show(readSource(doc)))
  const patches = new Map<Version, JsonPatchOperation[]>()
  let made: JsonPatchOperation[] = []
  let charsLeft = MAX_CHARS
  let turnEndsAt = performance.now() + TURN_MS
  const stop = observeJsonPatch(doc, models.current, (patch) => {
    made = made.concat(patch)
  })
  try {
    for (let after = toVersion(from - 1); after < to; ) {
      const entries = await log.readTail(document, { after, upTo: to, limit: PAGE })
      for (const { version, update } of entries) {
        made = []
        Y.applyUpdate(doc, update)
        patches.set(version, made)
        if (made.length > 0) charsLeft -= JSON.stringify(made).length
        if (charsLeft < 0) throw tooLarge()
        if (performance.now() < turnEndsAt) continue
        await nextTurn()
        turnEndsAt = performance.now() + TURN_MS
      }
      const last = entries.at(-1)
      if (last === undefined) break
      after = last.version
    }
    return patches
  } finally {
    stop()
    doc.destroy()
  }
}

const tooLarge = (): NexusError =>
  new NexusError('payload_too_large', 'These changes are too large for one answer; ask for fewer at once.')
