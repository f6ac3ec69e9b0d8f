import { type PanelId, parsePanelId, parseWorkspaceId, toUserId, type WorkspaceId } from '../model/ids.ts'
import { isJsonObject, type JsonObject } from '../model/json.ts'
import type { Notice } from '../wire/notices.ts'

/** How each kind of notice is read from JSON; a kind that is forgotten here does not compile. */
const PARSERS: { [Type in Notice['type']]: (workspaceId: WorkspaceId, json: JsonObject) => Notice | null } = {
  workspace_changed: (workspaceId) => ({ type: 'workspace_changed', workspaceId }),
  workspace_deleted: (workspaceId) => ({ type: 'workspace_deleted', workspaceId }),
  snapshot_requested: (workspaceId) => ({ type: 'snapshot_requested', workspaceId }),
  snapshot_created: (workspaceId) => ({ type: 'snapshot_created', workspaceId }),
  panels_changed: (workspaceId, json) =>
    withPanel(json, (panelId) => ({ type: 'panels_changed', workspaceId, panelId })),
  panel_deleted: (workspaceId, json) =>
    withPanel(json, (panelId) => ({ type: 'panel_deleted', workspaceId, panelId })),
  member_changed: (workspaceId, { userId }) =>
    typeof userId === 'string' ? { type: 'member_changed', workspaceId, userId: toUserId(userId) } : null,
}

/** @returns The notice, or `null` when `value` is none that this release knows. */
export function parseNotice(value: unknown): Notice | null {
  if (!isJson(value) || !isKind(value.type)) return null
  const workspaceId = parseWorkspaceId(value.workspaceId)
  return workspaceId === null ? null : PARSERS[value.type](workspaceId, value)
}

const isJson = (value: unknown): value is JsonObject => isJsonObject(value as JsonObject)

const isKind = (type: unknown): type is Notice['type'] =>
  typeof type === 'string' && Object.hasOwn(PARSERS, type)

function withPanel(json: JsonObject, toNotice: (panelId: PanelId) => Notice): Notice | null {
  const panelId = parsePanelId(json.panelId)
  return panelId === null ? null : toNotice(panelId)
}
