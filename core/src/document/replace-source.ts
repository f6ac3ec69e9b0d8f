import type * as Y from 'yjs'
import { CURRENT } from './anchors.ts'
import { assignText } from './assign-text.ts'
import { readSource } from './read-state.ts'
import { panelRoots } from './shape.ts'
import { transactChanged } from './transact-changed.ts'

/**
 * Makes the NXML source read as `source`, by difference and in one transaction, so that people who edit it at the same
 * time keep their work. Whether it is valid is the caller's business.
 *
 * @returns Whether anything changed.
 */
export function replaceSource(doc: Y.Doc, source: string, origin?: unknown): boolean {
  const { nxml } = panelRoots(doc)
  return transactChanged(doc, origin, () =>
    assignText(nxml, readSource(doc) ?? '', source.toWellFormed(), CURRENT),
  )
}
