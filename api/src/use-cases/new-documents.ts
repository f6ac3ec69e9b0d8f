import {
  type Cause,
  isNexusError,
  type JsonObject,
  type NewDocument,
  type PanelId,
  panelDocumentName,
  toDocumentName,
  toVersion,
  type UserId,
  type WorkspaceId,
} from '@nexus/core'
import {
  createPanelUpdate,
  createWorkspaceUpdate,
  FREE_FORM_MODEL,
  type PanelModel,
} from '@nexus/core/document'
import { panelModel } from '@nexus/core/nxml'

/** What every new document has. */
export const FIRST_VERSION = toVersion(1)

const createdBy = (userId: UserId): Cause => ({
  userId,
  triggeredBy: 'user',
  triggerSource: null,
  changeType: 'created',
  clientSession: null,
})

/** The document of a workspace with its first update. */
export const newWorkspaceDocument = (owner: {
  readonly workspaceId: WorkspaceId
  readonly userId: UserId
}): NewDocument => ({
  document: toDocumentName({ workspaceId: owner.workspaceId, panelId: null }),
  workspaceId: owner.workspaceId,
  panelId: null,
  first: { ...createdBy(owner.userId), update: createWorkspaceUpdate(owner.workspaceId) },
})

function modelOf(source: string | null, isBrokenKept: boolean): PanelModel {
  try {
    return panelModel(source)
  } catch (error) {
    if (isBrokenKept && isNexusError(error, 'invalid_nxml')) return FREE_FORM_MODEL
    throw error
  }
}

/**
 * The document of a panel with its first update: source and defaults.
 *
 * @throws {NexusError} `invalid_nxml`, or `invalid_patch` for an initial state that does not fit the source.
 */
export function newPanelDocument(panel: {
  readonly workspaceId: WorkspaceId
  readonly panelId: PanelId
  readonly userId: UserId
  readonly source: string | null
  readonly initialState: JsonObject | null
  /** A source with errors is taken as it is, and the state as that of a free-form panel. */
  readonly isBrokenKept?: boolean
}): NewDocument {
  const { workspaceId, panelId, source, initialState } = panel
  const { shape } = modelOf(source, panel.isBrokenKept === true)
  const content = { panelId, source, shape }
  const update = createPanelUpdate(initialState === null ? content : { ...content, initialState })
  return {
    document: panelDocumentName(workspaceId, panelId),
    workspaceId,
    panelId,
    first: { ...createdBy(panel.userId), update },
  }
}
