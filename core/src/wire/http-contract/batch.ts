import * as z from 'zod'
import { MAX_BATCH_PANELS } from '../limits.ts'
import { causeFields, timeField } from './fields.ts'
import { jsonPatchOperations } from './json-patch.ts'
import { baseFields, mergePatchField, stateField } from './state.ts'

/** One panel's change: exactly one of `patches` (RFC 6902), `mergePatch` (RFC 7396) and `state` (all of it). */
const batchChange = z
  .strictObject({
    panelId: z.string(),
    patches: jsonPatchOperations.optional(),
    mergePatch: mergePatchField.optional(),
    state: stateField.optional(),
    ...baseFields,
  })
  .refine(
    ({ patches, mergePatch, state }) =>
      [patches, mergePatch, state].filter((given) => given !== undefined).length === 1,
    { message: 'must have exactly one of patches, mergePatch and state' },
  )
  .describe('One panel’s change: exactly one of `patches`, `mergePatch` and `state`.')
export type BatchChange = z.output<typeof batchChange>

/** Changes of several panels that are made together or not at all. */
export const batchRequest = z.strictObject({
  changes: z
    .array(batchChange)
    .min(1)
    .max(MAX_BATCH_PANELS)
    .describe('Of different panels; their operations are counted together.'),
  ...causeFields,
})
export type BatchRequest = z.input<typeof batchRequest>

export const batchSchema = z.object({
  success: z.literal(true),
  panels: z
    .array(z.object({ panelId: z.string(), version: z.int(), updatedAt: timeField }))
    .describe('In the order of the changes.'),
})
export type BatchView = z.infer<typeof batchSchema>
