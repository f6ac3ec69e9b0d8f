import {
  commitDiffSchema,
  commitListQuery,
  commitSchema,
  createPanelRequest,
  createWorkspaceRequest,
  libraryPanelSchema,
  memberSchema,
  panelListEntrySchema,
  panelSchema,
  updatePanelRequest,
  updateWorkspaceRequest,
  workspaceListQuery,
  workspaceSchema,
  workspaceSummarySchema,
} from '@nexus/core/http-contract'
import * as z from 'zod'
import type { Operation } from './operation.ts'

const JSON_TYPE = 'application/json'
const WORKSPACE = { name: 'Workspace', schema: workspaceSchema }
/** Of answers to what makes something. */
const MADE = ['Location', 'Idempotency-Replayed'] as const
const PANEL = { name: 'Panel', schema: panelSchema }

export const WORKSPACE_OPERATIONS: readonly Operation[] = [
  {
    method: 'get',
    path: '/api/workspaces',
    id: 'listWorkspaces',
    tag: 'Workspaces',
    summary: 'Workspaces the caller is a member of',
    query: workspaceListQuery,
    answers: {
      200: {
        description: 'All of them.',
        body: { listOf: { name: 'WorkspaceSummary', schema: workspaceSummarySchema } },
      },
    },
    errors: ['validation_failed'],
  },
  {
    method: 'post',
    path: '/api/workspaces',
    id: 'createWorkspace',
    tag: 'Workspaces',
    summary: 'Make a workspace',
    headers: ['Idempotency-Key'],
    body: { [JSON_TYPE]: { name: 'CreateWorkspace', schema: createWorkspaceRequest } },
    answers: { 201: { description: 'It is there.', headers: MADE, body: WORKSPACE } },
    errors: ['validation_failed', 'idempotency_key_reused', 'quota_exceeded'],
  },
  {
    method: 'post',
    path: '/api/workspaces/import',
    id: 'importWorkspace',
    tag: 'Workspaces',
    summary:
      'Make a workspace of the files of another’s repository, as `git archive --format=zip` packs them',
    body: { 'application/zip': { name: 'WorkspaceArchive', schema: z.unknown() } },
    answers: { 201: { description: 'It is there.', headers: ['Location'], body: WORKSPACE } },
    errors: ['validation_failed', 'invalid_patch', 'quota_exceeded', 'unavailable'],
  },
  {
    method: 'get',
    path: '/api/workspaces/{workspaceId}/members',
    id: 'listMembers',
    tag: 'Workspaces',
    summary: 'Who may see the workspace, and as what',
    answers: {
      200: {
        description: 'The owner first, then by name.',
        body: { listOf: { name: 'Member', schema: memberSchema } },
      },
    },
    errors: ['not_found'],
  },
  {
    method: 'get',
    path: '/api/workspaces/{workspaceId}/commits/{hash}/diff',
    id: 'readCommitDiff',
    tag: 'Snapshots',
    summary: 'What a commit did to the files of the repository',
    answers: {
      200: {
        description: 'Each file with what was added and removed, as a unified diff.',
        body: { name: 'CommitDiff', schema: commitDiffSchema },
      },
    },
    errors: ['not_found', 'unavailable'],
  },
  {
    method: 'get',
    path: '/api/workspaces/{workspaceId}/commits',
    id: 'listCommits',
    tag: 'Snapshots',
    summary: 'Commits of the workspace, newest first',
    query: commitListQuery,
    answers: {
      200: {
        description: 'Up to `limit` of them.',
        body: { listOf: { name: 'Commit', schema: commitSchema } },
      },
    },
    errors: ['validation_failed', 'not_found'],
  },
  {
    method: 'get',
    path: '/api/workspaces/{workspaceId}',
    id: 'readWorkspace',
    tag: 'Workspaces',
    summary: 'A workspace and its panels',
    answers: { 200: { description: 'The workspace.', body: WORKSPACE } },
    errors: ['not_found'],
  },
  {
    method: 'patch',
    path: '/api/workspaces/{workspaceId}',
    id: 'changeWorkspace',
    tag: 'Workspaces',
    summary: 'Rename, describe, archive or bring back a workspace',
    body: { [JSON_TYPE]: { name: 'UpdateWorkspace', schema: updateWorkspaceRequest } },
    answers: { 200: { description: 'As it is now.', body: WORKSPACE } },
    errors: ['validation_failed', 'not_found', 'forbidden', 'workspace_archived'],
  },
  {
    method: 'delete',
    path: '/api/workspaces/{workspaceId}',
    id: 'deleteWorkspace',
    tag: 'Workspaces',
    summary: 'Delete a workspace',
    answers: { 204: { description: 'It is gone.' } },
    errors: ['not_found', 'forbidden'],
  },
  {
    method: 'post',
    path: '/api/workspaces/{workspaceId}/activate',
    id: 'activateWorkspace',
    tag: 'Workspaces',
    summary: 'Make a suspended or archived workspace active',
    answers: { 200: { description: 'As it is now.', body: WORKSPACE } },
    errors: ['not_found', 'forbidden'],
  },
  {
    method: 'get',
    path: '/api/workspaces/{workspaceId}/panels',
    id: 'listPanels',
    tag: 'Panels',
    summary: 'The panels of a workspace, in order',
    answers: {
      200: {
        description: 'All of them.',
        body: { listOf: { name: 'PanelListEntry', schema: panelListEntrySchema } },
      },
    },
    errors: ['not_found'],
  },
  {
    method: 'post',
    path: '/api/panels',
    id: 'createPanel',
    tag: 'Panels',
    summary: 'Make a panel, from a source or free-form',
    headers: ['Idempotency-Key'],
    body: { [JSON_TYPE]: { name: 'CreatePanel', schema: createPanelRequest } },
    answers: { 201: { description: 'It is there.', headers: MADE, body: PANEL } },
    errors: [
      'validation_failed',
      'idempotency_key_reused',
      'invalid_nxml',
      'invalid_patch',
      'not_found',
      'forbidden',
      'workspace_archived',
    ],
  },
  {
    method: 'get',
    path: '/api/panels/{panelId}',
    id: 'readPanel',
    tag: 'Panels',
    summary: 'A panel and its source',
    answers: { 200: { description: 'The panel.', body: PANEL } },
    errors: ['not_found'],
  },
  {
    method: 'patch',
    path: '/api/panels/{panelId}',
    id: 'changePanel',
    tag: 'Panels',
    summary: 'Rename or move a panel, or change its source',
    body: { [JSON_TYPE]: { name: 'UpdatePanel', schema: updatePanelRequest } },
    answers: { 200: { description: 'As it is now.', body: PANEL } },
    errors: ['validation_failed', 'invalid_nxml', 'not_found', 'forbidden', 'workspace_archived'],
  },
  {
    method: 'delete',
    path: '/api/panels/{panelId}',
    id: 'deletePanel',
    tag: 'Panels',
    summary: 'Delete a panel',
    answers: { 204: { description: 'It is gone.' } },
    errors: ['not_found', 'forbidden', 'workspace_archived'],
  },
  {
    method: 'get',
    path: '/api/library',
    id: 'listLibrary',
    tag: 'Panels',
    summary: 'The built-in panels',
    answers: {
      200: {
        description: 'All of them, with their sources.',
        body: { listOf: { name: 'LibraryPanel', schema: libraryPanelSchema } },
      },
    },
    errors: [],
  },
]
