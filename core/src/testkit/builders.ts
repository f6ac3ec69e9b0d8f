import * as Y from 'yjs'
import { createPanelId, createWorkspaceId, toUserId } from '../model/ids.ts'
import type { NewDocument, UpdateDraft } from '../ports/update-log.ts'
import { panelDocumentName } from '../wire/document-name.ts'

/** A panel's document that was never created before, with a first update. */
export function someDocument(overrides: Partial<NewDocument> = {}): NewDocument {
  const workspaceId = createWorkspaceId()
  const panelId = createPanelId()
  const document = panelDocumentName(workspaceId, panelId)
  return { document, workspaceId, panelId, first: someUpdate({ changeType: 'created' }), ...overrides }
}

/** An edit by a person; its bytes are a real Yjs update, different each time. */
export function someUpdate(overrides: Partial<UpdateDraft> = {}): UpdateDraft {
  return {
    update: someUpdateBytes(),
    userId: toUserId('alice'),
    triggeredBy: 'user',
    triggerSource: null,
    changeType: 'updated',
    clientSession: null,
    ...overrides,
  }
}

/** `count` edits, each independent of the others. */
export const someUpdates = (count: number, overrides: Partial<UpdateDraft> = {}): UpdateDraft[] =>
  Array.from({ length: count }, () => someUpdate(overrides))

function someUpdateBytes(): Uint8Array {
  const doc = new Y.Doc()
  doc.getMap('state').set('key', 'value')
  const bytes = Y.encodeStateAsUpdate(doc)
  doc.destroy()
  return bytes
}
