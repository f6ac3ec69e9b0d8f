import { panelRoots } from '@nexus/core/document'
import * as Y from 'yjs'
import type { CollabDocument, CollabSocket } from './collab-transport.ts'
import type { OfflineCopy } from './offline-copy.ts'
import { createPanelUndo, type PanelUndo } from './panel-undo.ts'
import { type Person, peopleIn, type RemoteCursor, remoteCursorsIn, type SharedCursor } from './people.ts'
import { type SaveSign, watchSaveSign } from './save-sign.ts'

export interface PanelStatus {
  readonly sign: SaveSign
  /** There is something to show: the server's state, or what this browser keeps. */
  readonly isReady: boolean
  /** There is nothing to show and nobody to ask: offline, and this browser keeps no copy. */
  readonly isOutOfReach: boolean
  readonly isReadOnly: boolean
  /** The server's word for saying no. */
  readonly refusal: string | null
}

/** One live panel: its document, its connection, and who is in it. */
export interface PanelSession {
  readonly panelId: string
  readonly doc: Y.Doc
  /** Who I am to tools that ask. */
  readonly me: { readonly id: string; readonly name: string }
  readonly undo: PanelUndo
  status(): PanelStatus
  people(): readonly Person[]
  remoteCursors(): readonly RemoteCursor[]
  /** Shows others where my caret is; `null` takes it away. */
  shareCursor(cursor: SharedCursor | null): void
  /** Hears every change of status, people or carets. @returns Stops. */
  subscribe(listener: () => void): () => void
  /** Whether some edits are not acknowledged by the server. */
  hasUnsavedEdits(): boolean
}

interface PanelSessionOptions {
  readonly panelId: string
  readonly documentName: string
  readonly user: { readonly id: string; readonly name: string; readonly color: string }
  readonly socket: CollabSocket
  readonly openCopy: (doc: Y.Doc) => OfflineCopy
  readonly isBrowserOffline: () => boolean
  readonly onMessage: (text: string) => void
  /** Marks the document as holding edits of this browser alone, or not any more. */
  readonly markUnsaved: (isUnsaved: boolean) => void
  /** A former visit left edits in this browser that the server does not have. */
  readonly startsUnsaved: boolean
}

/** What the workspace's session may do with a panel and a feature may not. */
export interface OwnedPanelSession extends PanelSession {
  /** Somebody looks at it (again), or nobody does: others stop seeing us there. */
  setShown(isShown: boolean): void
  linkChanged(): void
  close(): void
}

const hasContent = (doc: Y.Doc): boolean => {
  const { nxml, state } = panelRoots(doc)
  return nxml.length > 0 || state.size > 0
}

export function openPanelSession(options: PanelSessionOptions): OwnedPanelSession {
  const {
    panelId,
    documentName,
    user,
    socket,
    openCopy,
    isBrowserOffline,
    onMessage,
    markUnsaved,
    startsUnsaved,
  } = options
  const doc = new Y.Doc()
  const undo = createPanelUndo(doc)
  const listeners = new Set<() => void>()
  let everSynced = false
  let hasCopy = false
  let isCopyLoaded = false
  /** Edits made here, or kept here by a former visit, since the last "Saved". */
  let hasOwnEdits = startsUnsaved
  let isClosed = false
  let status: PanelStatus = {
    sign: 'opening',
    isReady: false,
    isOutOfReach: false,
    isReadOnly: false,
    refusal: null,
  }
  let people: readonly Person[] = []
  let cursors: readonly RemoteCursor[] = []

  const notify = (): void => {
    for (const listener of [...listeners]) listener()
  }

  const refreshStatus = (): void => {
    const { authenticated, readOnly, refusal } = link.facts()
    const isReady = everSynced || hasCopy
    const next: PanelStatus = {
      sign: sign.current,
      isReady,
      isOutOfReach: !isReady && isCopyLoaded && sign.current === 'offline',
      // Between two connections the last word of the server holds.
      isReadOnly: refusal !== null || (authenticated ? readOnly : status.isReadOnly),
      refusal,
    }
    if (JSON.stringify(next) === JSON.stringify(status)) return
    status = next
    notify()
  }

  /** What this browser kept counts as unsaved until it has been read and acknowledged. */
  const settle = (): void => {
    const isOver = sign.current === 'saved' || sign.current === 'refused' || sign.current === 'view-only'
    if (!isOver || !isCopyLoaded || !hasOwnEdits) return
    hasOwnEdits = false
    markUnsaved(false)
    notify()
  }

  const sign = watchSaveSign(() => {
    settle()
    refreshStatus()
  })

  const linkChanged = (): void => {
    if (isClosed) return
    const facts = link.facts()
    everSynced ||= facts.synced
    sign.update({
      connected: facts.connected,
      authenticated: facts.authenticated,
      unsaved: facts.unsaved,
      readOnly: facts.readOnly,
      refused: facts.refusal !== null,
      everSynced,
      browserOffline: isBrowserOffline(),
    })
    refreshStatus()
  }

  doc.on('update', (_update, _origin, _doc, transaction: Y.Transaction) => {
    if (!transaction.local || hasOwnEdits) return
    hasOwnEdits = true
    markUnsaved(true)
  })

  const copy = openCopy(doc)
  const link: CollabDocument = socket.openDocument({
    name: documentName,
    doc,
    // The provider calls back while it is being made.
    onChange: () => queueMicrotask(linkChanged),
    onMessage,
  })
  void copy.loaded.then(() => {
    if (isClosed) return
    isCopyLoaded = true
    hasCopy = hasContent(doc)
    linkChanged()
    settle()
  })

  const refreshPeople = (): void => {
    people = peopleIn(link.awareness, user.id)
    cursors = remoteCursorsIn(link.awareness)
    notify()
  }
  link.awareness.on('change', refreshPeople)
  link.awareness.setLocalState(null)

  return {
    panelId,
    doc,
    me: { id: user.id, name: user.name },
    undo,
    status: () => status,
    people: () => people,
    remoteCursors: () => cursors,
    shareCursor: (cursor) => {
      if (link.awareness.getLocalState() !== null) link.awareness.setLocalStateField('cursor', cursor)
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    hasUnsavedEdits: () => hasOwnEdits,
    setShown: (isShown) => link.awareness.setLocalState(isShown ? { user, panelId, cursor: null } : null),
    linkChanged,
    close: () => {
      isClosed = true
      sign.stop()
      link.awareness.off('change', refreshPeople)
      listeners.clear()
      undo.close()
      link.close()
      copy.close()
      doc.destroy()
    },
  }
}
