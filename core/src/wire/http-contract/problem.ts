import * as z from 'zod'
import { ERROR_FIELDS, ERRORS, type ErrorCode } from '../../model/errors.ts'

const CODES = Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]

const about = (field: keyof typeof ERROR_FIELDS): string => ERROR_FIELDS[field].text

/** Body of every answer with status ≥ 400: RFC 9457, `application/problem+json`. */
export const problemSchema = z.looseObject({
  type: z.string().describe('`urn:nexus:problem:{code}`'),
  title: z.string().describe('What the code means.'),
  status: z.int(),
  code: z.enum(CODES).describe('Stable; what a program looks at.'),
  detail: z.string().describe('What happened, for people.'),
  requestId: z.string().describe('Names the request in the log.'),
  pointer: z.string().optional().describe(about('pointer')),
  errors: z
    .array(z.object({ pointer: z.string(), message: z.string() }))
    .optional()
    .describe(about('errors')),
  currentVersion: z.int().optional().describe(about('currentVersion')),
  mergedInto: z.int().optional().describe(about('mergedInto')),
  operation: z.int().optional().describe(about('operation')),
  change: z.int().optional().describe(about('change')),
  limit: z.int().optional().describe(about('limit')),
  plan: z.string().optional().describe(about('plan')),
  retryAfter: z.int().optional().describe(about('retryAfter')),
  deletesAt: z.string().optional().describe(about('deletesAt')),
  snapshotId: z.string().optional().describe(about('snapshotId')),
  panelId: z.string().optional().describe(about('panelId')),
  line: z.int().optional().describe(about('line')),
  column: z.int().optional().describe(about('column')),
  diagnostics: z.array(z.unknown()).optional().describe(about('diagnostics')),
})

export type Problem = z.infer<typeof problemSchema>
