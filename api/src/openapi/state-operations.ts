import {
  batchRequest,
  batchSchema,
  blameEntrySchema,
  blameQuery,
  createdSnapshotSchema,
  createSnapshotRequest,
  diffQuery,
  historyQuery,
  historySchema,
  JSON_PATCH_TYPE,
  jsonPatchRequest,
  MERGE_PATCH_TYPE,
  mergePatchField,
  patchedStateSchema,
  putStateRequest,
  readStateQuery,
  restoredWorkspaceSchema,
  restoreRequest,
  revertedStateSchema,
  revertStateRequest,
  snapshotEntrySchema,
  stateDiffSchema,
  stateSchema,
  workspaceStateQuery,
  workspaceStateSchema,
  writeStateQuery,
  writtenStateSchema,
} from '@nexus/core/http-contract'
import * as z from 'zod'
import type { Operation } from './operation.ts'

const JSON_TYPE = 'application/json'
const PATH = '/api/state/{workspaceId}/{panelId}'
const JSON_PATCH = { name: 'JsonPatch', schema: jsonPatchRequest }
const PATCHED = { name: 'PatchedState', schema: patchedStateSchema }

/** Of answers to one panel's change. */
const WRITTEN = ['ETag', 'Idempotency-Replayed'] as const

/** Browsers' EventSource can send no header. */
const eventsQuery = z.object({
  token: z.string().optional().describe('The access token, for clients that cannot send `Authorization`.'),
})

const WRITE_ERRORS = [
  'validation_failed',
  'invalid_patch',
  'patch_test_failed',
  'version_conflict',
  'idempotency_key_reused',
  'not_found',
  'forbidden',
  'workspace_archived',
] as const

export const STATE_OPERATIONS: readonly Operation[] = [
  {
    method: 'get',
    path: PATH,
    id: 'readState',
    tag: 'State',
    summary: 'The state, newest or of any version or time',
    query: readStateQuery,
    headers: ['If-None-Match'],
    answers: {
      200: {
        description: 'The state.',
        headers: ['ETag', 'X-Cache'],
        body: { name: 'State', schema: stateSchema },
      },
      304: { description: 'The client has this version.', headers: ['ETag'] },
    },
    errors: ['validation_failed', 'not_found'],
    admits: 'viewer',
  },
  {
    method: 'put',
    path: PATH,
    id: 'replaceState',
    tag: 'State',
    summary: 'Replace the state; only what differs from the base version is written',
    query: writeStateQuery,
    headers: ['If-Match', 'Idempotency-Key'],
    body: { [JSON_TYPE]: { name: 'PutState', schema: putStateRequest } },
    answers: {
      200: {
        description: 'It is saved.',
        headers: WRITTEN,
        body: { name: 'WrittenState', schema: writtenStateSchema },
      },
    },
    errors: WRITE_ERRORS,
    admits: 'editor',
  },
  {
    method: 'patch',
    path: PATH,
    id: 'patchState',
    tag: 'State',
    summary:
      'Change the state by JSON Patch (RFC 6902, and `increment`) or merge patch (RFC 7396), also from an old version',
    query: writeStateQuery,
    headers: ['If-Match', 'Idempotency-Key'],
    body: {
      [JSON_PATCH_TYPE]: JSON_PATCH,
      [JSON_TYPE]: JSON_PATCH,
      [MERGE_PATCH_TYPE]: { name: 'MergePatch', schema: mergePatchField },
    },
    answers: { 200: { description: 'It is saved.', headers: WRITTEN, body: PATCHED } },
    errors: WRITE_ERRORS,
    admits: 'editor',
  },
  {
    method: 'post',
    path: '/api/state/{workspaceId}/batch',
    id: 'changeStates',
    tag: 'State',
    summary: 'Change several panels in one commit, or none of them',
    headers: ['Idempotency-Key'],
    body: { [JSON_TYPE]: { name: 'Batch', schema: batchRequest } },
    answers: {
      200: {
        description:
          'All of it is saved. A refusal says in `change` which of the changes caused it, counted from 0; nothing has changed then.',
        headers: ['Idempotency-Replayed'],
        body: { name: 'SavedBatch', schema: batchSchema },
      },
    },
    errors: WRITE_ERRORS,
    admits: 'editor',
  },
  {
    method: 'get',
    path: `${PATH}/events`,
    id: 'followState',
    tag: 'State',
    summary: 'The state as it changes, as Server-Sent Events',
    query: eventsQuery,
    headers: ['Last-Event-ID'],
    answers: {
      200: {
        description:
          '`state_sync` (the whole state) first, unless Last-Event-ID names a version not long ago; then a `state_update` for every version. The id of an event is the version. `state_error` is the last one.',
        body: {
          mediaType: 'text/event-stream',
          text: 'id: 8\nevent: state_update\ndata: {"type":"state_update",…}\n\n',
        },
      },
    },
    errors: ['not_found', 'rate_limited'],
    admits: 'viewer',
  },
  {
    method: 'get',
    path: `${PATH}/history`,
    id: 'readHistory',
    tag: 'State',
    summary: 'Every change, newest first, each with its JSON Patch',
    query: historyQuery,
    answers: {
      200: { description: 'One page.', body: { name: 'History', schema: historySchema } },
    },
    errors: ['validation_failed', 'not_found', 'payload_too_large'],
    admits: 'viewer',
  },
  {
    method: 'get',
    path: `${PATH}/diff`,
    id: 'readDiff',
    tag: 'State',
    summary: 'What leads from one version to another',
    query: diffQuery,
    answers: {
      200: { description: 'A JSON Patch.', body: { name: 'StateDiff', schema: stateDiffSchema } },
    },
    errors: ['validation_failed', 'not_found'],
    admits: 'viewer',
  },
  {
    method: 'get',
    path: `${PATH}/blame`,
    id: 'readBlame',
    tag: 'State',
    summary: 'The change that last set each value',
    query: blameQuery,
    answers: {
      200: {
        description: 'Every value at and below the pointer.',
        body: { listOf: { name: 'BlameEntry', schema: blameEntrySchema } },
      },
    },
    errors: ['validation_failed', 'not_found', 'payload_too_large'],
    admits: 'viewer',
  },
  {
    method: 'post',
    path: `${PATH}/revert`,
    id: 'revertState',
    tag: 'State',
    summary: 'Go back to an older version, by a new one',
    headers: ['Idempotency-Key'],
    body: { [JSON_TYPE]: { name: 'RevertState', schema: revertStateRequest } },
    answers: {
      200: {
        description: 'It is saved.',
        headers: WRITTEN,
        body: { name: 'RevertedState', schema: revertedStateSchema },
      },
    },
    errors: [
      'validation_failed',
      'idempotency_key_reused',
      'not_found',
      'forbidden',
      'quota_exceeded',
      'workspace_archived',
    ],
    admits: 'editor',
  },
  {
    method: 'get',
    path: '/api/state/{workspaceId}/snapshot',
    id: 'readWorkspaceState',
    tag: 'Snapshots',
    summary: 'All panels, newest, or as of a snapshot or commit',
    query: workspaceStateQuery,
    answers: {
      200: {
        description: 'The state of every panel.',
        body: { name: 'WorkspaceState', schema: workspaceStateSchema },
      },
    },
    errors: ['validation_failed', 'not_found'],
    admits: 'viewer',
  },
  {
    method: 'post',
    path: '/api/state/{workspaceId}/snapshot',
    id: 'createSnapshot',
    tag: 'Snapshots',
    summary: 'Make a snapshot, and a Git commit of it',
    headers: ['Idempotency-Key'],
    body: { [JSON_TYPE]: { name: 'CreateSnapshot', schema: createSnapshotRequest } },
    answers: {
      201: {
        description: 'It is kept.',
        headers: ['Location', 'Idempotency-Replayed'],
        body: { name: 'CreatedSnapshot', schema: createdSnapshotSchema },
      },
    },
    errors: ['validation_failed', 'idempotency_key_reused', 'not_found', 'forbidden', 'workspace_archived'],
    admits: 'editor',
  },
  {
    method: 'post',
    path: '/api/state/{workspaceId}/restore',
    id: 'restoreWorkspace',
    tag: 'Snapshots',
    summary:
      'Go back to a snapshot or commit, all of it or chosen panels, by new versions; or tell what that would change',
    headers: ['Idempotency-Key'],
    body: { [JSON_TYPE]: { name: 'Restore', schema: restoreRequest } },
    answers: {
      200: {
        description: 'It is saved, in one commit; of a preview, nothing has changed.',
        headers: ['Idempotency-Replayed'],
        body: { name: 'RestoredWorkspace', schema: restoredWorkspaceSchema },
      },
    },
    errors: [
      'quota_exceeded',
      'validation_failed',
      'idempotency_key_reused',
      'not_found',
      'forbidden',
      'workspace_archived',
      'payload_too_large',
    ],
    admits: 'editor',
  },
  {
    method: 'get',
    path: '/api/state/{workspaceId}/snapshots',
    id: 'listSnapshots',
    tag: 'Snapshots',
    summary: 'Snapshots, newest first',
    answers: {
      200: {
        description: 'The newest thousand.',
        body: { listOf: { name: 'Snapshot', schema: snapshotEntrySchema } },
      },
    },
    errors: ['not_found'],
    admits: 'viewer',
  },
]
