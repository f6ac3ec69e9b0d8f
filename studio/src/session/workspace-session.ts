import type { Notice } from '@nexus/core'
import { isJsonObject, type Json } from '@nexus/core'
import * as Y from 'yjs'
import { type CollabSocket, parseAccessChange } from './collab-transport.ts'
import type { OfflineCopy, UnsavedDocuments } from './offline-copy.ts'
import { type OwnedPanelSession, openPanelSession, type PanelSession } from './panel-session.ts'
import { type Person, peopleIn } from './people.ts'
import { personColour } from './person-colour.ts'

/** The live side of one open workspace: one connection, one document per panel in use, and who is here. */
export interface WorkspaceSession {
  readonly workspaceId: string
  /** Everybody in the workspace, myself first. The array changes only when they do. */
  people(): readonly Person[]
  /** @returns Stops. */
  subscribe(listener: () => void): () => void
  /** Tells others which panel I look at. */
  lookAt(panelId: string | null): void
  /**
   * The panel's session, connected. Each call needs one `release`. A released panel stays connected until its edits are
   * acknowledged.
   */
  openPanel(panelId: string): PanelSession
  release(panel: PanelSession): void
  /** Whether any panel has edits the server has not acknowledged. */
  hasUnsavedEdits(): boolean
  /**
   * Ends the connection and frees everything, at once when all is saved, else when it is or after
   * {@link LAST_CHANCE_MS}. What is not saved by then stays in this browser and goes out when the workspace is opened next.
   */
  close(): void
}

/** How long a closed workspace may still send unsaved edits, ms. */
export const LAST_CHANCE_MS = 5_000

interface WorkspaceSessionOptions {
  readonly workspaceId: string
  readonly user: { readonly id: string; readonly name: string }
  readonly socket: CollabSocket
  readonly openCopy: (doc: Y.Doc, documentName: string) => OfflineCopy
  readonly unsaved: UnsavedDocuments
  readonly onNotice: (type: Notice['type']) => void
  /** The browser's own opinion of the network, and news of it. */
  readonly network: { isOffline(): boolean; subscribe(listener: () => void): () => void }
}

const NOTICE_TYPES: readonly Notice['type'][] = [
  'workspace_changed',
  'workspace_deleted',
  'panels_changed',
  'panel_deleted',
  'member_changed',
]

/** The kind of a notice in a message of the server; `null` for other messages. */
export function parseNoticeType(text: string): Notice['type'] | null {
  let value: Json
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  if (!isJsonObject(value)) return null
  const candidate = isJsonObject(value.notice) ? value.notice.type : value.type
  return NOTICE_TYPES.find((type) => type === candidate) ?? null
}

interface PanelEntry {
  readonly session: OwnedPanelSession
  users: number
  readonly stopWatching: () => void
}

export function openWorkspaceSession(options: WorkspaceSessionOptions): WorkspaceSession {
  const { workspaceId, socket, openCopy, unsaved, onNotice, network } = options
  const user = { ...options.user, color: personColour(options.user.id) }
  const panels = new Map<string, PanelEntry>()
  const listeners = new Set<() => void>()
  let people: readonly Person[] = []
  let closing: ReturnType<typeof setTimeout> | 'done' | null = null

  const hear = (text: string): void => {
    const type = parseNoticeType(text)
    if (closing !== null) return
    if (type !== null) onNotice(type)
    else if (parseAccessChange(text) !== null) onNotice('member_changed')
  }

  const doc = new Y.Doc()
  let wasRefused = false
  const link = socket.openDocument({
    name: workspaceId,
    doc,
    // Removed from the workspace, or it is gone: reading it again will say which.
    onChange: () =>
      queueMicrotask(() => {
        const isRefused = closing === null && link.facts().refusal !== null
        if (isRefused && !wasRefused) onNotice('workspace_changed')
        wasRefused = isRefused
      }),
    onMessage: hear,
  })
  const refreshPeople = (): void => {
    people = peopleIn(link.awareness, user.id)
    for (const listener of [...listeners]) listener()
  }
  link.awareness.on('change', refreshPeople)
  link.awareness.setLocalState({ user, panelId: null })

  const stopNetwork = network.subscribe(() => {
    socket.probe()
    for (const { session } of panels.values()) session.linkChanged()
  })

  const closePanel = (panelId: string, entry: PanelEntry): void => {
    panels.delete(panelId)
    entry.stopWatching()
    entry.session.close()
  }

  const finish = (): void => {
    if (closing === 'done') return
    if (closing !== null) clearTimeout(closing)
    closing = 'done'
    for (const [panelId, entry] of [...panels]) closePanel(panelId, entry)
    link.awareness.off('change', refreshPeople)
    link.close()
    doc.destroy()
    socket.close()
  }

  /** Lets go of panels nobody looks at whose edits are safe; ends a closing session when none is left. */
  const sweep = (): void => {
    for (const [panelId, entry] of [...panels])
      if (entry.users === 0 && !entry.session.hasUnsavedEdits()) closePanel(panelId, entry)
    if (closing !== null && closing !== 'done' && panels.size === 0) finish()
  }

  const start = (panelId: string): PanelEntry => {
    const documentName = `${workspaceId}/${panelId}`
    const session = openPanelSession({
      panelId,
      documentName,
      user,
      socket,
      openCopy: (panelDoc) => openCopy(panelDoc, documentName),
      isBrowserOffline: network.isOffline,
      onMessage: hear,
      markUnsaved: (isUnsaved) => unsaved.mark(documentName, isUnsaved),
      startsUnsaved: unsaved.list().includes(documentName),
    })
    // After the listeners of the panel's own status: closing it from within its notification would cut that short.
    const stopWatching = session.subscribe(() => queueMicrotask(sweep))
    const entry: PanelEntry = { session, users: 0, stopWatching }
    panels.set(panelId, entry)
    return entry
  }

  const release = (panel: PanelSession): void => {
    const entry = panels.get(panel.panelId)
    if (entry === undefined || entry.session !== panel) return
    entry.users -= 1
    if (entry.users > 0) return
    entry.session.setShown(false)
    sweep()
  }

  const session: WorkspaceSession = {
    workspaceId,
    people: () => people,
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    lookAt: (panelId) => link.awareness.setLocalStateField('panelId', panelId),
    openPanel: (panelId) => {
      const entry = panels.get(panelId) ?? start(panelId)
      if (entry.users === 0) entry.session.setShown(true)
      entry.users += 1
      return entry.session
    },
    release,
    hasUnsavedEdits: () => [...panels.values()].some((entry) => entry.session.hasUnsavedEdits()),
    close: () => {
      if (closing !== null) return
      listeners.clear()
      stopNetwork()
      link.awareness.setLocalState(null)
      for (const entry of panels.values()) entry.users = 0
      closing = setTimeout(finish, LAST_CHANCE_MS)
      sweep()
    },
  }

  // Edits a former visit could not send go out now, whether or not their panels are looked at.
  for (const name of unsaved.list()) {
    const [ofWorkspace, panelId] = name.split('/')
    if (ofWorkspace === workspaceId && panelId !== undefined) start(panelId)
  }
  return session
}
