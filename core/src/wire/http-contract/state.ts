import * as z from 'zod'
import { CHANGE_TYPES, TRIGGERS } from '../../model/cause.ts'
import {
  causeFields,
  commitHash,
  countText,
  jsonObjectField,
  storableText,
  timeField,
  versionField,
  versionText,
} from './fields.ts'
import { jsonPatchOperations, patchField } from './json-patch.ts'
import { jsonField, jsonOfShape } from './notes.ts'

export const JSON_PATCH_TYPE = 'application/json-patch+json'
export const MERGE_PATCH_TYPE = 'application/merge-patch+json'

const pointerText = z.string().optional()

export const readStateQuery = z.strictObject({
  version: versionText.optional().describe('The version to read; absent: the newest.'),
  at: timeField
    .optional()
    .describe('The version that was the newest at this time. Not together with `version`.'),
  include_history: z
    .enum(['true', 'false'])
    .default('false')
    .describe('`true`: the answer has the newest 50 changes that led to it too, as `history`.'),
  pointer: pointerText.describe(
    'RFC 6901 into `{"$state": …, "$computed": …}`, such as `/$state/tasks/0`: only the value there is answered.',
  ),
})

/** Base version of a merge patch, and for the others when the body names none. */
export const writeStateQuery = z.strictObject({
  version: versionText
    .optional()
    .describe('The version the caller looked at, when the body does not name it; absent: the newest.'),
  triggeredBy: causeFields.triggeredBy,
  triggerSource: causeFields.triggerSource,
})

/** The version a change is made for, and whether it insists on it. */
export const baseFields = {
  version: versionField
    .optional()
    .describe(
      'The version the caller looked at: the change is made to that one and merged into the newest. Absent: the newest.',
    ),
  strict: z.boolean().optional().meta({
    description: 'Refuse with `version_conflict` when `version` is not the newest.',
    default: false,
  }),
}

const sharedValues = jsonObjectField.describe(
  'Values by name. A free-form panel has any names; a panel with an NXML source has those it declares.',
)

export const stateValueSchema = z
  .object({
    $state: sharedValues,
    $computed: jsonObjectField.describe('What follows from `$state`, by name; never written.'),
  })
  .meta({ id: 'StateValue', description: 'A panel’s state as programs see it.' })
/** A panel's state as programs see it. */
export type StateValue = z.infer<typeof stateValueSchema>

const givenState = z
  .strictObject({
    $state: sharedValues,
    $computed: jsonObjectField.optional().describe('Ignored, so that what was read can be sent back.'),
  })
  .meta({
    id: 'GivenState',
    description: 'The whole state. A declared value that is missing gets its default.',
  })

const stateMergePatch = z
  .strictObject({
    $state: jsonObjectField.optional().describe('Members replace, `null` removes, what is absent stays.'),
  })
  .meta({ id: 'StateMergePatch', description: 'RFC 7396, of the whole panel.' })

/** What a state is replaced by. */
export const stateField = jsonOfShape(givenState, 'All of the state.')
export const mergePatchField = jsonOfShape(stateMergePatch, 'RFC 7396, of the whole panel.')

export const putStateRequest = z.strictObject({ state: stateField, ...baseFields, ...causeFields })
export type PutStateRequest = z.input<typeof putStateRequest>

export const jsonPatchEnvelope = z.strictObject({
  patches: jsonPatchOperations,
  ...baseFields,
  ...causeFields,
})

/** The bare operations, or an object around them. */
export const jsonPatchRequest = z.union([jsonPatchOperations, jsonPatchEnvelope])
export type JsonPatchRequest = z.input<typeof jsonPatchRequest>

export const historyEntrySchema = z
  .object({
    id: z.string(),
    changeType: z.enum(CHANGE_TYPES),
    patch: patchField.describe(
      'What this version did to what programs see; empty when it only changed what they do not see.',
    ),
    previousVersion: z.int(),
    version: z.int(),
    userId: z.string().nullable().describe('`null`: the system itself.'),
    triggeredBy: z.enum(TRIGGERS),
    triggerSource: z.string().nullable(),
    sizeBytes: z.int().describe('Of the update in the log.'),
    occurredAt: timeField,
  })
  .meta({ id: 'HistoryEntry', description: 'One change of a panel.' })
export type HistoryEntry = z.infer<typeof historyEntrySchema>

export const stateSchema = z.object({
  panelId: z.string(),
  workspaceId: z.string(),
  state: jsonOfShape(
    z.union([stateValueSchema, jsonField]),
    '`{"$state": …, "$computed": …}` (StateValue); with `?pointer=` the value there.',
  ),
  version: z.int(),
  updatedAt: timeField.describe('When `version` was saved.'),
  history: z
    .array(historyEntrySchema)
    .optional()
    .describe('With `?include_history=true`: the newest changes that led to it, newest first.'),
})
export type StateView = z.infer<typeof stateSchema>

export const writtenStateSchema = z.object({
  success: z.literal(true),
  version: z.int(),
  updatedAt: timeField,
})
export type WrittenStateView = z.infer<typeof writtenStateSchema>

export const patchedStateSchema = writtenStateSchema.extend({
  appliedPatches: z.int().describe('How many operations it had; 1 for a merge patch.'),
})
export type PatchedStateView = z.infer<typeof patchedStateSchema>

export const SNAPSHOT_TYPES = ['manual', 'auto', 'pre_ai_edit'] as const

export const createSnapshotRequest = z.strictObject({
  type: z.enum(SNAPSHOT_TYPES).optional().meta({ default: 'manual' }),
  description: storableText({ max: 2_000 }).optional().meta({ default: '' }),
  commitToGit: z.boolean().optional().meta({ default: true }),
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
    git_commit: commitHash.optional().describe('The panels as this commit shows them; 40 hex digits.'),
    snapshot_id: z
      .string()
      .optional()
      .describe('The panels as of this snapshot. Not together with `git_commit`; neither: the newest.'),
  })
  .refine(({ git_commit, snapshot_id }) => git_commit === undefined || snapshot_id === undefined, {
    message: 'must not be given together with snapshot_id',
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
/** Changes listed when nobody says how many. */
export const DEFAULT_HISTORY_LIMIT = 50

export const historyQuery = z.strictObject({
  limit: countText({ min: 1, max: MAX_HISTORY_LIMIT })
    .default(DEFAULT_HISTORY_LIMIT)
    .describe('How many changes are listed.'),
  offset: countText({ min: 0, max: 999_999_999 }).default(0).describe('How many of the newest are left out.'),
  since: timeField.optional().describe('Only changes of this time or later.'),
  until: timeField.optional().describe('Only changes of this time or earlier.'),
  triggeredBy: z.enum(TRIGGERS).optional().describe('Only changes set off so.'),
  userId: storableText({ max: 200 }).optional().describe('Only changes of this user.'),
})

export const historySchema = z.object({
  panelId: z.string(),
  /** Of all changes that match, not only of those listed. */
  totalChanges: z.int(),
  /** Newest first. */
  history: z.array(historyEntrySchema),
})
export type HistoryView = z.infer<typeof historySchema>

export const diffQuery = z.strictObject({
  from: versionText.describe('The version the difference begins at.'),
  to: versionText.describe('The version it leads to; may be the older one.'),
})

export const stateDiffSchema = z.object({
  from: z.int(),
  to: z.int(),
  patch: patchField.describe('Applied to the state at `from` it gives the state at `to`.'),
})
export type StateDiffView = z.infer<typeof stateDiffSchema>

export const blameQuery = z.strictObject({
  pointer: pointerText.describe('RFC 6901 into `{"$state": …}`; absent: all of it.'),
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
  targetVersion: versionField.describe('The version whose source and state the panel gets again.'),
  createSnapshot: z.boolean().optional().meta({
    description: 'Make a snapshot of the workspace first, as it is before the revert.',
    default: false,
  }),
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
    panelIds: z
      .array(z.string())
      .min(1)
      .max(MAX_RESTORED_PANELS)
      .optional()
      .describe('Only these panels; absent: all the moment shows.'),
    preview: z.boolean().optional().meta({ description: 'Only tell what would change.', default: false }),
    createSnapshot: z.boolean().optional().meta({
      description: 'Make a snapshot of the workspace first, as it is before.',
      default: false,
    }),
    ...causeFields,
  })
  .refine(({ snapshotId, gitCommit }) => (snapshotId === undefined) !== (gitCommit === undefined), {
    message: 'must name either a snapshotId or a gitCommit',
  })
  .describe('Names either `snapshotId` or `gitCommit`.')
export type RestoreRequest = z.input<typeof restoreRequest>

export const RESTORE_CHANGES = ['unchanged', 'changed', 'brought_back'] as const

export const restoredPanelSchema = z.object({
  panelId: z.string(),
  name: z.string(),
  change: z.enum(RESTORE_CHANGES).describe('`brought_back`: it had been deleted.'),
  targetVersion: z.int().describe('Whose content it has now.'),
  previousVersion: z.int().describe('The newest before.'),
  version: z.int().describe('The newest now; of a preview, the newest as it is.'),
  isSourceChanged: z.boolean().describe('Its source becomes another too.'),
  patch: patchField.optional().describe('Of a preview: what would be done to the state.'),
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
  untouched: z.array(z.string()).describe('Panels that have been made since; nothing is done to them.'),
  gone: z
    .array(z.string())
    .describe('Panels it shows that have been deleted for good, or moved to another workspace since.'),
  snapshotId: z.string().optional().describe('Of how things were before, when one was asked for.'),
})
export type RestoredWorkspaceView = z.infer<typeof restoredWorkspaceSchema>
