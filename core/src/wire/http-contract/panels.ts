import * as z from 'zod'
import { MAX_NXML_BYTES } from '../limits.ts'
import { jsonObjectField, nameField, storableText, timeField } from './fields.ts'

const idField = z.string().max(100)
/** UTF-8 bytes are checked by the compiler; this is the same number in characters. */
const nxmlField = storableText({ max: MAX_NXML_BYTES })

export const createPanelRequest = z.object({
  workspaceId: idField,
  name: nameField.optional().describe('Absent: the title in the source, else “Untitled”.'),
  panelType: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/i, 'must be 1 to 64 letters, digits, dots, dashes or underscores')
    .optional()
    .describe('A label to tell panels apart by; what the panel is follows from its source.'),
  nxmlSource: nxmlField.optional().describe('Absent or empty: a free-form panel.'),
  initialState: jsonObjectField
    .optional()
    .describe('What is below `$state` at first; with a source, laid over its defaults.'),
})
export type CreatePanelRequest = z.input<typeof createPanelRequest>

export const updatePanelRequest = z.object({
  name: nameField.optional(),
  position: z.number().min(-1e15).max(1e15).optional().describe('Panels are shown in ascending order.'),
  nxmlSource: nxmlField.optional(),
  workspaceId: idField.optional(),
})
export type UpdatePanelRequest = z.input<typeof updatePanelRequest>

export const duplicatePanelRequest = z.strictObject({
  name: nameField.optional().describe('Absent: the original’s, with “(copy)”.'),
})
export type DuplicatePanelRequest = z.input<typeof duplicatePanelRequest>

export const movePanelRequest = z.strictObject({
  workspaceId: idField.describe('Where it goes: a workspace of the same owner.'),
})
export type MovePanelRequest = z.input<typeof movePanelRequest>

export const panelSummarySchema = z.object({
  id: z.string(),
  name: z.string(),
  panelType: z.string(),
  status: z.enum(['active', 'archived']),
  position: z.number(),
})
export type PanelSummary = z.infer<typeof panelSummarySchema>

export const panelListEntrySchema = panelSummarySchema.extend({
  workspaceId: z.string(),
  version: z.int(),
  createdAt: timeField,
  updatedAt: timeField,
})
/** An entry of `GET /api/workspaces/{w}/panels`. */
export type PanelListEntry = z.infer<typeof panelListEntrySchema>

export const panelSchema = panelListEntrySchema.extend({
  nxmlSource: z.string().nullable().describe('As it is in the live document; `null` for a free-form panel.'),
})
export type PanelView = z.infer<typeof panelSchema>

export const deletedPanelSchema = z.object({
  id: z.string(),
  name: z.string(),
  panelType: z.string(),
  deletedAt: timeField,
  /** It can be brought back until then. */
  purgedAt: timeField,
})
/** An entry of `GET /api/workspaces/{w}/deleted-panels`. */
export type DeletedPanel = z.infer<typeof deletedPanelSchema>

export const libraryPanelSchema = z.object({
  id: z.string(),
  title: z.string(),
  description: z.string(),
  icon: z.string(),
  accent: z.string(),
  tags: z.array(z.string()),
  nxmlSource: z.string(),
})
/** An entry of `GET /api/library`. */
export type LibraryPanelView = z.infer<typeof libraryPanelSchema>
