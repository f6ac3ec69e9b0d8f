import * as z from 'zod'
import { PATCH_OPERATIONS_CEILING } from '../limits.ts'
import { jsonField, jsonOfShape, noted } from './notes.ts'

const path = z
  .string()
  .describe(
    'RFC 6901 into `{"$state": …, "$computed": …}`, such as `/$state/tasks/-`. Nothing below `/$computed` is written.',
  )
const value = jsonField.describe('Any JSON.')

/** One operation as the document shows it. Where it is applied it is read by `parseJsonPatch`, which says `invalid_patch`. */
export const jsonPatchOperation = z
  .discriminatedUnion('op', [
    z.object({ op: z.enum(['add', 'replace', 'test']), path, value }),
    z.object({ op: z.literal('remove'), path }),
    z.object({ op: z.enum(['move', 'copy']), from: path, path }),
    z
      .object({
        op: z.literal('increment'),
        path,
        value: z.number().describe('What is added; may be negative.'),
      })
      .describe(
        'Our own: adds to a counter, where all additions made at the same moment count, or to a number.',
      ),
  ])
  .meta({ id: 'JsonPatchOperation', description: 'One operation of RFC 6902, or `increment`.' })

/** The operations of a request, all or none of which are applied. */
export const jsonPatchOperations = noted(
  z
    .array(jsonOfShape(jsonPatchOperation, 'Applied where the patch is.'))
    .max(PATCH_OPERATIONS_CEILING)
    .describe('Applied in order, all of them or none.'),
  { itemsSetting: 'MAX_PATCH_OPERATIONS' },
)

/** What a version did. */
export const patchField = z.array(noted(z.record(z.string(), jsonField), { shape: jsonPatchOperation }))
