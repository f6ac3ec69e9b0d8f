import type { Extension } from '@hocuspocus/server'
import type { LiveDocuments } from '../documents/live-documents.ts'
import { Refusal } from '../refusal.ts'

/**
 * Vetoes unloading: of a document with edits that are not saved (it is unloaded when they are), and of any document
 * but the one in use. Hocuspocus finds what to unload by name, and after a quick reopening would take the new copy out
 * of its map while people use it (4.7, measured).
 */
export function createUnloadGuard({ documents }: { readonly documents: LiveDocuments }): Extension {
  return {
    extensionName: 'unload-guard',
    priority: 1_000,
    beforeUnloadDocument: async ({ instance, documentName, document }) => {
      if (instance.documents.get(documentName) !== document) throw new Refusal('internal')
      const live = documents.of(document)
      if (live !== undefined && live.unsavedCount > 0) throw new Refusal('unavailable')
    },
  }
}
