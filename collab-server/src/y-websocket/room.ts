import type { IncomingMessage } from 'node:http'
import { type DocumentName, panelDocumentName, parsePanelId, parseWorkspaceId } from '@nexus/core'

const PATH = /^\/yjs\/([^/]+)\/([^/]+)\/?$/

/** What a y-websocket client asks for as it connects. */
export interface Room {
  readonly document: DocumentName
  /** An access token or API key; '' when it has none. */
  readonly token: string
}

export const isRoomPath = (path: string): boolean => path.startsWith('/yjs/')

/** @returns `null` when the path names no panel. */
export function roomIn(request: IncomingMessage): Room | null {
  const url = URL.parse(request.url ?? '', 'http://localhost')
  const [, workspace, panel] = PATH.exec(url?.pathname ?? '') ?? []
  const [workspaceId, panelId] = [parseWorkspaceId(workspace), parsePanelId(panel)]
  if (workspaceId === null || panelId === null) return null
  const [, bearer] = /^bearer +([^\s]+) *$/i.exec(request.headers.authorization ?? '') ?? []
  return {
    document: panelDocumentName(workspaceId, panelId),
    token: bearer ?? url?.searchParams.get('token') ?? '',
  }
}
