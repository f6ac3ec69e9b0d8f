import type { UpdateLog } from '@nexus/core'
import { readSource } from '@nexus/core/document'
import type { DocumentFollower } from '@nexus/core/log'
import type * as Y from 'yjs'
import { lastValidModel, validModel } from './panel-models.ts'
import { createSourceModels, type SourceModels } from './source-models.ts'

/**
 * The models of a document's source from now on. A source that is broken now has its last valid one looked up; when that
 * fails, `follower` is stopped.
 */
export async function followSource(
  log: UpdateLog,
  follower: DocumentFollower,
  doc: Y.Doc,
): Promise<SourceModels> {
  const { document, record } = follower
  const first = validModel(readSource(doc))
  const missed: (string | null)[] = []
  let show = (source: string | null): void => void missed.push(source)
  doc.getText('nxml').observe(() => show(readSource(doc)))
  try {
    const models = createSourceModels(first ?? (await lastValidModel(log, document, record.version)))
    for (const source of missed) models.show(source)
    show = models.show
    return models
  } catch (error) {
    follower.stop()
    throw error
  }
}
