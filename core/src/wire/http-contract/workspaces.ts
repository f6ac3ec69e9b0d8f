import * as z from 'zod'
import { ROLES } from '../../model/role.ts'
import { FILE_CHANGES } from '../../ports/commit-diffs.ts'
import { commitHash, countText, descriptionField, nameField, timeField } from './fields.ts'
import { panelSummarySchema } from './panels.ts'

export const WORKSPACE_STATUSES = ['active', 'suspended', 'archived'] as const
export const workspaceStatusField = z.enum(WORKSPACE_STATUSES)
export type WorkspaceStatus = z.infer<typeof workspaceStatusField>

/** What a new workspace begins with: nothing, or a Notes and a Todo panel. */
export const WORKSPACE_TEMPLATES = ['empty', 'starter'] as const

export const workspaceListQuery = z.object({
  status: workspaceStatusField.optional().describe('Only workspaces that are so.'),
})

export const createWorkspaceRequest = z.object({
  name: nameField,
  description: descriptionField.optional(),
  template: z
    .enum(WORKSPACE_TEMPLATES)
    .optional()
    .meta({ description: '`starter`: with a Notes and a Todo panel.', default: 'empty' }),
})
export type CreateWorkspaceRequest = z.input<typeof createWorkspaceRequest>

export const updateWorkspaceRequest = z.object({
  name: nameField.optional(),
  description: descriptionField.optional(),
  status: workspaceStatusField.optional(),
})
export type UpdateWorkspaceRequest = z.input<typeof updateWorkspaceRequest>

export const workspaceSummarySchema = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  status: workspaceStatusField,
  /** Of the caller. */
  role: z.enum(ROLES),
  panelCount: z.int(),
  createdAt: timeField,
  updatedAt: timeField,
})
/** An entry of `GET /api/workspaces`. */
export type WorkspaceSummary = z.infer<typeof workspaceSummarySchema>

export const workspaceSchema = workspaceSummarySchema.extend({
  ownerId: z.string(),
  /** In order. */
  panels: z.array(panelSummarySchema),
  gitBranch: z.string(),
  lastCommitHash: z.string().nullable(),
  /** Why nothing more is committed, such as a repository that is too large; `null`: it is. */
  gitError: z.string().nullable(),
  /** How far the repository has been pushed to the remote of the installation; `null`: nothing has been pushed or tried. */
  gitPush: z
    .object({
      /** `failing`: the last try failed, and another comes. */
      state: z.enum(['pushed', 'waiting', 'failing']),
      /** The commit the remote has. */
      commit: z.string().nullable(),
      pushedAt: timeField.nullable(),
      /** Git's own words. */
      error: z.string().nullable(),
    })
    .nullable(),
})
/** `GET /api/workspaces/{w}`, and the answer to creating, changing and activating one. */
export type WorkspaceView = z.infer<typeof workspaceSchema>

export const deletedWorkspaceSchema = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  deletedAt: timeField,
  /** It can be brought back until then. */
  purgedAt: timeField,
})
/** An entry of `GET /api/workspaces/deleted`. */
export type DeletedWorkspace = z.infer<typeof deletedWorkspaceSchema>

const MAX_COMMITS = 200
const DEFAULT_COMMITS = 50

export const commitListQuery = z.object({
  limit: countText({ min: 1, max: MAX_COMMITS }).default(DEFAULT_COMMITS).describe('How many are listed.'),
  before: commitHash
    .optional()
    .describe('The oldest commit the caller has, 40 hex digits; those before it are listed.'),
})

export const commitSchema = z.object({
  hash: z.string(),
  /** What changed, in words; without trailers. */
  message: z.string(),
  author: z.object({ name: z.string(), email: z.string() }),
  committedAt: timeField,
  /** How many panels differ from the commit before. */
  panelsChanged: z.int(),
  /** The first snapshot it was made for. */
  snapshotId: z.string().nullable(),
})
/** An entry of `GET /api/workspaces/{w}/commits`, newest first. */
export type CommitEntry = z.infer<typeof commitSchema>

export const commitDiffSchema = z.object({
  hash: z.string(),
  files: z.array(
    z.object({
      path: z.string(),
      previousPath: z.string().nullable().describe('Of a renamed file: what it was called.'),
      change: z.enum(FILE_CHANGES),
      additions: z.int(),
      deletions: z.int(),
      diff: z
        .string()
        .nullable()
        .describe(
          'Unified, without the file’s header; empty when only the name changed. `null`: the commit is too large to be told.',
        ),
    }),
  ),
})
export type CommitDiffView = z.infer<typeof commitDiffSchema>

const MAX_IMPORTED_PANELS = 500

/** `workspace.json` of a workspace's repository, as far as an import needs it. */
export const workspaceFileSchema = z.object({
  formatVersion: z.literal(1),
  name: nameField,
  description: descriptionField,
  panels: z
    .array(
      z.object({
        name: nameField,
        type: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/i),
        folder: z.string().regex(/^[a-z0-9-]{1,100}$/),
      }),
    )
    .max(MAX_IMPORTED_PANELS),
})
