import type { DocumentName, Version } from '@nexus/core'
import { type PanelModel, readSource, readState, replaceSource, replaceState } from '@nexus/core/document'
import type * as Y from 'yjs'
import type { Replicas } from '../replicas/replicas.ts'

/** What a panel was at some version. */
export interface PastPanel {
  /** '' for a free-form panel. */
  readonly source: string
  readonly state: ReturnType<typeof readState>
  readonly model: PanelModel
}

const ORIGIN = 'revert'

/** @throws {NexusError} `not_found` when there is no such version. */
export async function readPastPanel(
  replicas: Pick<Replicas, 'openVersion'>,
  document: DocumentName,
  version: Version,
): Promise<PastPanel> {
  const { doc, model } = await replicas.openVersion(document, version)
  const panel = { source: readSource(doc) ?? '', state: readState(doc, model.shape), model }
  doc.destroy()
  return panel
}

/** Makes the document, source and state, what the panel was, by difference. */
export function becomePast(
  doc: Y.Doc,
  { source, state, model }: PastPanel,
): { readonly isChanged: boolean; readonly isSourceChanged: boolean } {
  const isSourceChanged = replaceSource(doc, source, ORIGIN)
  const isStateChanged = replaceState(doc, model, { $state: state }, undefined, ORIGIN)
  return { isChanged: isStateChanged || isSourceChanged, isSourceChanged }
}
