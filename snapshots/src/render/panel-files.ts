import { type DocumentRecord, isNexusError } from '@nexus/core'
import { buildDocument, FREE_FORM_MODEL, type PanelModel, readSource, readState } from '@nexus/core/document'
import { panelModel } from '@nexus/core/nxml'
import { toCanonicalJson } from './canonical-json.ts'

export const STATE_FILE = 'state.json'
export const SOURCE_FILE = 'panel.nxml'

/** File name → text. */
export type Files = ReadonlyMap<string, string>

/**
 * The files of one panel at one version: `state.json`, and `panel.nxml` when the panel has a source (its text, unchanged).
 *
 * Pure: the same record gives the same bytes on every machine. A source with errors does not stop the snapshot; the state
 * is then shown as stored, as that of a free-form panel.
 */
export function renderPanel(record: DocumentRecord): Files {
  const doc = buildDocument(record)
  try {
    const source = readSource(doc)
    const state = readState(doc, modelOf(source).shape)
    const files = new Map([[STATE_FILE, toCanonicalJson(state)]])
    if (source !== null) files.set(SOURCE_FILE, source)
    return files
  } finally {
    doc.destroy()
  }
}

function modelOf(source: string | null): PanelModel {
  try {
    return panelModel(source)
  } catch (error) {
    if (isNexusError(error, 'invalid_nxml')) return FREE_FORM_MODEL
    throw error
  }
}

/** UTF-8 bytes of all files. */
export function sizeOf(files: Files): number {
  let bytes = 0
  for (const text of files.values()) bytes += Buffer.byteLength(text)
  return bytes
}
