import { type PanelId, parsePanelId, parseWorkspaceId, type WorkspaceId } from '../model/ids.ts'

declare const brand: unique symbol

/** `{workspaceId}/{panelId}` for a panel, `{workspaceId}` for the workspace's own document. */
export type DocumentName = string & { readonly [brand]: 'DocumentName' }

export interface DocumentAddress {
  readonly workspaceId: WorkspaceId
  /** `null`: the workspace's own document (layout, presence). */
  readonly panelId: PanelId | null
}

export const toDocumentName = ({ workspaceId, panelId }: DocumentAddress): DocumentName =>
  (panelId === null ? workspaceId : `${workspaceId}/${panelId}`) as DocumentName

export const panelDocumentName = (workspaceId: WorkspaceId, panelId: PanelId): DocumentName =>
  toDocumentName({ workspaceId, panelId })

/** @returns The address, or `null` for any text that is not exactly a document name. */
export function parseDocumentName(name: string): DocumentAddress | null {
  const [workspacePart, panelPart, ...rest] = name.split('/')
  const workspaceId = parseWorkspaceId(workspacePart)
  if (workspaceId === null || rest.length > 0) return null
  if (panelPart === undefined) return { workspaceId, panelId: null }
  const panelId = parsePanelId(panelPart)
  return panelId === null ? null : { workspaceId, panelId }
}
