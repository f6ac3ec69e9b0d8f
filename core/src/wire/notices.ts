import type { PanelId, UserId, WorkspaceId } from '../model/ids.ts'

/** What happened to a workspace's metadata; a hint to reload it, sent to every socket of the workspace. */
export type Notice =
  | { readonly type: 'workspace_changed'; readonly workspaceId: WorkspaceId }
  | { readonly type: 'workspace_deleted'; readonly workspaceId: WorkspaceId }
  | { readonly type: 'panels_changed'; readonly workspaceId: WorkspaceId; readonly panelId: PanelId }
  | { readonly type: 'panel_deleted'; readonly workspaceId: WorkspaceId; readonly panelId: PanelId }
  | { readonly type: 'member_changed'; readonly workspaceId: WorkspaceId; readonly userId: UserId }
  | { readonly type: 'snapshot_requested'; readonly workspaceId: WorkspaceId }
  | { readonly type: 'snapshot_created'; readonly workspaceId: WorkspaceId }
