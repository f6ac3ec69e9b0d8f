import * as z from 'zod'
import { CHANGE_TYPES, TRIGGERS } from '../../model/cause.ts'
import { PATCH_OPERATIONS_CEILING } from '../limits.ts'
import {
  causeFields,
  commitHash,
  countText,
  jsonField,
  jsonObjectField,
  storableText,
  timeField,
  versionField,
  versionText,
} from './fields.ts'

export const JSON_PATCH_TYPE = 'application/json-patch+json'
export const MERGE_PATCH_TYPE = 'application/merge-patch+json'

export const readStateQuery = z.strictObject({
  version: versionText.optional(),
  at: timeField.optional(),
  include_history: z.enum(['true', 'false']).optional(),
  /** RFC 6901 into `{"$state": …, "$computed": …}`. */
  pointer: z.string().optional(),
})

/** Base version of a merge patch, and for the others when the body names none. */
export const writeStateQuery = z.strictObject({
  version: versionText.optional(),
  triggeredBy: causeFields.triggeredBy,
  triggerSource: causeFields.triggerSource,
})

const baseFields = {
  /** The version the caller looked at; absent: the newest. */
  version: versionField.optional(),
  /** Refuse with `version_conflict` when `version` is not the newest. */
  strict: z.boolean().optional(),
  ...causeFields,
}

export const putStateRequest = z.strictObject({ state: jsonField, ...baseFields })
export type PutStateRequest = z.input<typeof putStateRequest>

/** The operations themselves are checked against RFC 6902 where they are applied. */
export const jsonPatchOperations = z.array(jsonField).max(PATCH_OPERATIONS_CEILING)
export const jsonPatchEnvelope = z.strictObject({ patches: jsonPatchOperations, ...baseFields })

/** The bare operations, or an object around them. */
export const jsonPatchRequest = z.union([jsonPatchOperations, jsonPatchEnvelope])
export type JsonPatchRequest = z.input<typeof jsonPatchRequest>

export const stateValueSchema = z.object({ $state: jsonObjectField, $computed: jsonObjectField })
/** A panel's state as programs see it. */
export type StateValue = z.infer<typeof stateValueSchema>

export const historyEntrySchema = z.object({
  id: z.string(),
  changeType: z.enum(CHANGE_TYPES),
  /** What this version did to what programs see; empty when it only changed what they do not see. */
  patch: z.array(jsonObjectField),
  previousVersion: z.int(),
  version: z.int(),
  /** `null`: the system itself. */
  userId: z.string().nullable(),
  triggeredBy: z.enum(TRIGGERS),
  triggerSource: z.string().nullable(),
  /** Of the update in the log. */
  sizeBytes: z.int(),
  occurredAt: timeField,
})
export type HistoryEntry = z.infer<typeof historyEntrySchema>

export const stateSchema = z.object({
  panelId: z.string(),
  workspaceId: z.string(),
  /** {@link StateValue}; with `?pointer=` the value there. */
  state: jsonField,
  version: z.int(),
  /** When `version` was saved. */
  updatedAt: timeField,
  /** With `?include_history=true`: the newest 50 changes that led to it, newest first. */
  history: z.array(historyEntrySchema).optional(),
})
export type StateView = z.infer<typeof stateSchema>

export const writtenStateSchema = z.object({
  success: z.literal(true),
  version: z.int(),
  updatedAt: timeField,
})
export type WrittenStateView = z.infer<typeof writtenStateSchema>

export const patchedStateSchema = writtenStateSchema.extend({ appliedPatches: z.int() })
export type PatchedStateView = z.infer<typeof patchedStateSchema>

export const SNAPSHOT_TYPES = ['manual', 'auto', 'pre_ai_edit'] as const

export const createSnapshotRequest = z.strictObject({
  type: z.enum(SNAPSHOT_TYPES).optional(),
  description: storableText({ max: 2_000 }).optional(),
  commitToGit: z.boolean().optional(),
})
export type CreateSnapshotRequest = z.input<typeof createSnapshotRequest>

export const createdSnapshotSchema = z.object({
  snapshotId: z.string(),
  panelCount: z.int(),
  totalSizeBytes: z.int(),
  gitCommitHash: z.string().nullable(),
  createdAt: timeField,
})
export type CreatedSnapshotView = z.infer<typeof createdSnapshotSchema>

export const snapshotEntrySchema = createdSnapshotSchema.extend({
  type: z.enum(SNAPSHOT_TYPES),
  description: z.string(),
  /** `null`: made by the timer. */
  createdBy: z.string().nullable(),
})
/** An entry of `GET /api/state/{w}/snapshots`, newest first. */
export type SnapshotEntry = z.infer<typeof snapshotEntrySchema>

/** Neither: the newest. */
export const workspaceStateQuery = z
  .strictObject({
    git_commit: commitHash.optional(),
    snapshot_id: z.string().optional(),
  })
  .refine(({ git_commit, snapshot_id }) => git_commit === undefined || snapshot_id === undefined, {
    message: 'ask for a snapshot or for a commit, not for both',
    path: ['git_commit'],
  })

export const workspaceStateSchema = z.object({
  workspaceId: z.string(),
  /** By panel id. */
  panels: z.record(z.string(), stateValueSchema.extend({ version: z.int() })),
  totalPanels: z.int(),
  snapshotAt: timeField,
  /** The commit that shows exactly these versions, when there is one. */
  gitCommit: z.string().nullable(),
})
export type WorkspaceStateView = z.infer<typeof workspaceStateSchema>

const MAX_HISTORY_LIMIT = 1_000
export const historyQuery = z.strictObject({
  limit: countText({ min: 1, max: MAX_HISTORY_LIMIT }).optional(),
  offset: countText({ min: 0, max: 999_999_999 }).optional(),
  since: timeField.optional(),
  until: timeField.optional(),
  triggeredBy: causeFields.triggeredBy,
  userId: storableText({ max: 200 }).optional(),
})

export const historySchema = z.object({
  panelId: z.string(),
  /** Of all changes that match, not only of those listed. */
  totalChanges: z.int(),
  /** Newest first. */
  history: z.array(historyEntrySchema),
})
export type HistoryView = z.infer<typeof historySchema>

export const diffQuery = z.strictObject({ from: versionText, to: versionText })

export const stateDiffSchema = z.object({
  from: z.int(),
  to: z.int(),
  /** Applied to the state at `from` it gives the state at `to`. */
  patch: z.array(jsonObjectField),
})
export type StateDiffView = z.infer<typeof stateDiffSchema>

export const blameQuery = z.strictObject({
  /** RFC 6901 into `{"$state": …}`; absent: all of it. */
  pointer: z.string().optional(),
})

/** One value of the state that has no members or items, and the version that last set it. */
export const blameEntrySchema = z.object({
  pointer: z.string(),
  version: z.int(),
  /** `null`: the system itself. */
  userId: z.string().nullable(),
  triggeredBy: z.enum(TRIGGERS),
  occurredAt: timeField,
})
export type BlameEntry = z.infer<typeof blameEntrySchema>

export const revertStateRequest = z.strictObject({
  targetVersion: versionField,
  /** Make a snapshot of the workspace first, as it is before the revert. */
  createSnapshot: z.boolean().optional(),
  ...causeFields,
})
export type RevertStateRequest = z.input<typeof revertStateRequest>

export const revertedStateSchema = writtenStateSchema.extend({
  revertedTo: z.int(),
  snapshotId: z.string().optional(),
})
export type RevertedStateView = z.infer<typeof revertedStateSchema>

const MAX_RESTORED_PANELS = 500

/** From which moment, and what of it. */
export const restoreRequest = z
  .strictObject({
    snapshotId: z.string().optional(),
    gitCommit: commitHash.optional(),
    /** Only these panels; absent: all the moment shows. */
    panelIds: z.array(z.string()).min(1).max(MAX_RESTORED_PANELS).optional(),
    /** Only tell what would change. */
    preview: z.boolean().optional(),
    /** Make a snapshot of the workspace first, as it is before. */
    createSnapshot: z.boolean().optional(),
    ...causeFields,
  })
  .refine(({ snapshotId, gitCommit }) => (snapshotId === undefined) !== (gitCommit === undefined), {
    message: 'must name either a snapshotId or a gitCommit',
  })
export type RestoreRequest = z.input<typeof restoreRequest>

export const RESTORE_CHANGES = ['unchanged', 'changed', 'brought_back'] as const

export const restoredPanelSchema = z.object({
  panelId: z.string(),
  name: z.string(),
  /** `brought_back`: it had been deleted. */
  change: z.enum(RESTORE_CHANGES),
  /** Whose content it has now. */
  targetVersion: z.int(),
  /** The newest before. */
  previousVersion: z.int(),
  /** The newest now; of a preview, the newest as it is. */
  version: z.int(),
  /** Its source becomes another too. */
  isSourceChanged: z.boolean(),
  /** Of a preview: what would be done to the state. */
  patch: z.array(jsonObjectField).optional(),
})
export type RestoredPanel = z.infer<typeof restoredPanelSchema>

export const restoredWorkspaceSchema = z.object({
  success: z.literal(true),
  isPreview: z.boolean(),
  restoredFrom: z.object({
    snapshotId: z.string().nullable(),
    gitCommit: z.string().nullable(),
    snapshotAt: timeField,
  }),
  panels: z.array(restoredPanelSchema),
  /** Panels that have been made since; nothing is done to them. */
  untouched: z.array(z.string()),
  /** Of how things were before, when one was asked for. */
  snapshotId: z.string().optional(),
})
export type RestoredWorkspaceView = z.infer<typeof restoredWorkspaceSchema>
