import {
  deletedPanelSchema,
  deletedWorkspaceSchema,
  duplicatePanelRequest,
  movePanelRequest,
  panelSchema,
  workspaceSchema,
} from '@nexus/core/http-contract'
import type { Operation } from './operation.ts'

const PANEL = { name: 'Panel', schema: panelSchema }

export const DELETED_OPERATIONS: readonly Operation[] = [
  {
    method: 'get',
    path: '/api/workspaces/deleted',
    id: 'listDeletedWorkspaces',
    tag: 'Workspaces',
    summary: 'The caller’s own workspaces that were deleted and can come back, the newest deletion first',
    answers: {
      200: {
        description: 'All of them.',
        body: { listOf: { name: 'DeletedWorkspace', schema: deletedWorkspaceSchema } },
      },
    },
    errors: [],
    admits: 'reader',
  },
  {
    method: 'post',
    path: '/api/workspaces/{workspaceId}/restore-deleted',
    id: 'restoreDeletedWorkspace',
    tag: 'Workspaces',
    summary: 'Bring a deleted workspace back, with its panels and members',
    answers: { 200: { description: 'As it was.', body: { name: 'Workspace', schema: workspaceSchema } } },
    errors: ['quota_exceeded'],
    admits: 'lastOwner',
  },
  {
    method: 'get',
    path: '/api/workspaces/{workspaceId}/deleted-panels',
    id: 'listDeletedPanels',
    tag: 'Panels',
    summary: 'Panels that were deleted and can come back, the newest deletion first',
    answers: {
      200: {
        description: 'All of them.',
        body: { listOf: { name: 'DeletedPanel', schema: deletedPanelSchema } },
      },
    },
    errors: [],
    admits: 'viewer',
  },
  {
    method: 'post',
    path: '/api/panels/{panelId}/restore',
    id: 'restoreDeletedPanel',
    tag: 'Panels',
    summary: 'Bring a deleted panel back, with its history',
    answers: { 200: { description: 'As it was.', body: PANEL } },
    errors: ['workspace_archived'],
    admits: 'editor',
  },
  {
    method: 'post',
    path: '/api/panels/{panelId}/duplicate',
    id: 'duplicatePanel',
    tag: 'Panels',
    summary: 'Make a panel with the source and state of another, right behind it; its history begins anew',
    headers: ['Idempotency-Key'],
    body: { 'application/json': { name: 'DuplicatePanel', schema: duplicatePanelRequest } },
    answers: {
      201: { description: 'It is there.', headers: ['Location', 'Idempotency-Replayed'], body: PANEL },
    },
    errors: ['idempotency_key_reused', 'workspace_archived'],
    admits: 'editor',
  },
  {
    method: 'post',
    path: '/api/panels/{panelId}/move',
    id: 'movePanel',
    tag: 'Panels',
    summary: 'Take a panel to another workspace of the same owner, with its whole history',
    body: { 'application/json': { name: 'MovePanel', schema: movePanelRequest } },
    answers: { 200: { description: 'It is there.', body: PANEL } },
    errors: ['validation_failed', 'different_owner', 'workspace_archived'],
    admits: 'editor',
  },
]
