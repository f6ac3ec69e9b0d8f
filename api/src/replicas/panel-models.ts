import { type DocumentName, isNexusError, NO_VERSION, type UpdateLog, type Version } from '@nexus/core'
import { FREE_FORM_MODEL, type PanelModel, readSource } from '@nexus/core/document'
import { panelModel } from '@nexus/core/nxml'
import * as Y from 'yjs'

const PAGE = 1_000

/** @returns The model, or `null` while the source has errors. */
export function validModel(source: string | null): PanelModel | null {
  try {
    return panelModel(source)
  } catch (error) {
    if (isNexusError(error, 'invalid_nxml')) return null
    throw error
  }
}

/**
 * The model of the last version up to `version` whose source was valid; a panel whose source never was is free-form.
 *
 * A function of the log alone, so that every reader of a version sees the same. Reads the whole log: for documents
 * whose source is broken at the moment and that nobody has watched since it was valid.
 */
export async function lastValidModel(
  log: UpdateLog,
  document: DocumentName,
  version: Version,
): Promise<PanelModel> {
  const doc = new Y.Doc()
  let last: PanelModel = FREE_FORM_MODEL
  const look = (): void => {
    last = validModel(readSource(doc)) ?? last
  }
  doc.getText('nxml').observe(look)
  try {
    await replay(log, { document, version }, doc)
    return last
  } finally {
    doc.destroy()
  }
}

/**
 * Applies the whole log up to `version` to `doc`, one transaction an entry. Works for deleted documents too.
 *
 * @returns The last version there was.
 */
export async function replay(
  log: UpdateLog,
  { document, version }: { readonly document: DocumentName; readonly version: Version },
  doc: Y.Doc,
): Promise<Version> {
  let last = NO_VERSION
  while (last < version) {
    const entries = await log.readTail(document, { after: last, upTo: version, limit: PAGE })
    for (const entry of entries) Y.applyUpdate(doc, entry.update)
    const newest = entries.at(-1)
    if (newest === undefined) break
    last = newest.version
  }
  return last
}
